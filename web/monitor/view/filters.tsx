import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../../shared/icon';
import { KIND_PREFIX } from '../model/event-filter';
import { shortenId } from '../model/format';
import { filter, table } from '../state/chosen';
import { choices } from '../state/known';
import { clearFilter, gateways, hold, setFilter } from '../state/rows';

/** What narrows the tables, beside the search. */
export function Filters({ isOpen, canClear }: { isOpen: boolean; canClear: boolean }) {
  const { types, outcomes } = choices.value;
  const kinds = [...new Set(gateways.value.flatMap(({ runtimeType }) => runtimeType ?? []))].sort();
  return (
    <div id="filters" class={isOpen ? 'filters open' : 'filters'}>
      {table.value === 'events' && (
        <Choice
          id="filter-type"
          name="Type"
          all="All types"
          value={filter.value.type}
          onChoose={(type) => setFilter({ type })}
        >
          {withChosen(types, filter.value.type).map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </Choice>
      )}
      <Choice
        id="filter-gateway"
        name="Gateway"
        all="All gateways"
        value={filter.value.gateway}
        onChoose={(gateway) => setFilter({ gateway })}
      >
        {kinds.length > 0 && (
          <optgroup label="Kinds of runtime">
            {kinds.map((kind) => (
              <option key={kind} value={`${KIND_PREFIX}${kind}`}>
                {kind}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="Gateways">
          {withChosen(
            gateways.value.map(({ gatewayId }) => gatewayId),
            filter.value.gateway.startsWith(KIND_PREFIX) ? '' : filter.value.gateway,
          ).map((id) => (
            <option key={id} value={id}>
              {gateways.value.find(({ gatewayId }) => gatewayId === id)?.displayName ?? shortenId(id, 40)}
            </option>
          ))}
        </optgroup>
      </Choice>
      <Choice
        id="filter-outcome"
        name="Outcome"
        all="All outcomes"
        value={filter.value.outcome}
        onChoose={(outcome) => setFilter({ outcome })}
      >
        {withChosen(table.value === 'calls' ? ['running', ...outcomes] : outcomes, filter.value.outcome).map(
          (outcome) => (
            <option key={outcome} value={outcome}>
              {outcome}
            </option>
          ),
        )}
      </Choice>
      {canClear && (
        <button
          id="filter-clear"
          class="icon-button"
          type="button"
          aria-label="Clear the filters"
          title="Clear the filters"
          onClick={clearFilter}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** A select that keeps its options as they are while it is open. */
function Choice(props: {
  id: string;
  name: string;
  all: string;
  value: string;
  onChoose(value: string): void;
  children: ComponentChildren;
}) {
  const { id, name, all, value, onChoose, children } = props;
  const isOpen = useRef(false);
  const kept = useRef<ComponentChildren>(null);
  if (!isOpen.current) kept.current = children;
  const setOpen = (open: boolean) => {
    isOpen.current = open;
    hold('calls', 'menu', open);
    hold('events', 'menu', open);
  };
  return (
    <label>
      <span class="hidden-text">{name}</span>
      <select
        id={id}
        class={value ? 'active' : undefined}
        value={value}
        onPointerDown={() => setOpen(true)}
        onKeyDown={({ key }) => setOpen(key !== 'Escape' && key !== 'Tab')}
        onBlur={() => setOpen(false)}
        onChange={({ currentTarget }) => {
          setOpen(false);
          onChoose(currentTarget.value);
        }}
      >
        <option value="">{all}</option>
        {kept.current}
      </select>
    </label>
  );
}

/** The options, and what is chosen although no event on the page has it. */
function withChosen(options: readonly string[], chosen: string): string[] {
  return [...new Set(chosen ? [...options, chosen] : options)];
}
