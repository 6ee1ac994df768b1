import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/icon';
import { countFilters, KIND_PREFIX } from '../model/event-filter';
import { formatCount, shortenId } from '../model/format';
import {
  choices,
  clearFilter,
  filter,
  gateways,
  goTo,
  hold,
  isPaused,
  rows,
  setFilter,
  table,
  togglePause,
  total,
} from '../state/monitor';
import { saveShown } from './save-shown';

/** What is shown of what, and the controls that narrow it. */
export function Toolbar() {
  const [isOpen, setOpen] = useState(false);
  const count = countFilters(filter.value);
  const inMenu = count - (filter.value.text ? 1 : 0);
  const shown = rows.value.rows.length;
  return (
    <div class="toolbar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend */}
      <div class="segments" role="group" aria-label="View">
        <Segment name="calls" label="Calls" />
        <Segment name="events" label="Events" />
      </div>
      <span id="shown" class="count">
        {shown === total.value ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(total.value)}`}
      </span>
      <label class="search">
        <span class="hidden-text">Search</span>
        <Icon name="search" />
        <input
          id="filter-text"
          type="search"
          placeholder="Search"
          autocomplete="off"
          spellcheck={false}
          value={filter.value.text}
          onInput={({ currentTarget }) => setFilter({ text: currentTarget.value })}
        />
        <kbd>/</kbd>
      </label>
      <button
        id="filters-toggle"
        class="button filters-toggle"
        type="button"
        aria-expanded={isOpen}
        aria-controls="filters"
        onClick={() => setOpen(!isOpen)}
      >
        {inMenu > 0 ? `Filter (${inMenu})` : 'Filter'}
      </button>
      <Filters isOpen={isOpen} canClear={count > 0} />
      <div class="toolbar-end">
        <button id="pause" class="button" type="button" aria-pressed={isPaused.value} onClick={togglePause}>
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          <span id="pause-text">{isPaused.value ? 'Resume' : 'Pause'}</span>
        </button>
        <button
          id="export"
          class="button"
          type="button"
          title="Save what is shown as NDJSON"
          onClick={saveShown}
        >
          <Icon name="save" />
          <span>Export</span>
        </button>
      </div>
    </div>
  );
}

function Segment({ name, label }: { name: 'calls' | 'events'; label: string }) {
  return (
    <button type="button" data-view={name} aria-pressed={table.value === name} onClick={() => goTo(name)}>
      {label}
    </button>
  );
}

function Filters({ isOpen, canClear }: { isOpen: boolean; canClear: boolean }) {
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
  children: preact.ComponentChildren;
}) {
  const { id, name, all, value, onChoose, children } = props;
  const isOpen = useRef(false);
  const kept = useRef<preact.ComponentChildren>(null);
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
