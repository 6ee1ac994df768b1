import { countFilters, type EventFilter } from '../model/event-filter';
import { formatCount, shortenId } from '../model/format';
import type { MonitorEvent } from '../model/monitor-event';
import { outcomeOf } from '../model/outcome';
import { byId, create, setText } from './dom';

/** The controls that narrow the table. */
export interface FilterBar {
  /** Offers what occurs in these events. */
  learn(events: readonly MonitorEvent[]): void;
  set(part: Partial<EventFilter>): void;
  clear(): void;
  focusSearch(): void;
}

/** `onChange` gets the whole filter after each change. */
export function createFilterBar(onChange: (filter: EventFilter) => void): FilterBar {
  const text = byId<HTMLInputElement>('filter-text');
  const type = createChoice('filter-type', 'All types');
  const gateway = createChoice('filter-gateway', 'All gateways');
  const outcome = createChoice('filter-outcome', 'All outcomes');
  const clearButton = byId('filter-clear');
  const toggle = byId('filters-toggle');
  const changed = () => {
    const filter = {
      type: type.value,
      gatewayId: gateway.value,
      outcome: outcome.value,
      text: text.value.trim(),
    };
    const count = countFilters(filter);
    clearButton.hidden = count === 0;
    const inMenu = count - (filter.text ? 1 : 0);
    setText(toggle, inMenu ? `Filter (${formatCount(inMenu)})` : 'Filter');
    onChange(filter);
  };
  const bar: FilterBar = {
    learn(events) {
      for (const event of events) {
        type.offer(event.type);
        const end = event.type.lastIndexOf('.');
        if (end > 0) type.offer(`${event.type.slice(0, end)}.*`);
        if (event.gatewayId) gateway.offer(event.gatewayId);
        outcome.offer(outcomeOf(event));
      }
    },
    set(part) {
      if (part.type !== undefined) type.value = part.type;
      if (part.gatewayId !== undefined) gateway.value = part.gatewayId;
      if (part.outcome !== undefined) outcome.value = part.outcome;
      if (part.text !== undefined) text.value = part.text;
      changed();
    },
    clear: () => bar.set({ type: '', gatewayId: '', outcome: '', text: '' }),
    focusSearch() {
      text.focus();
      text.select();
    },
  };
  text.addEventListener('input', changed);
  for (const choice of [type, gateway, outcome]) choice.element.addEventListener('change', changed);
  clearButton.addEventListener('click', bar.clear);
  toggle.addEventListener('click', () => {
    const open = byId('filters').classList.toggle('open');
    toggle.setAttribute('aria-expanded', String(open));
  });
  return bar;
}

interface Choice {
  readonly element: HTMLSelectElement;
  value: string;
  offer(value: string): void;
}

/** A select whose options come with the events and stay in alphabetical order. */
function createChoice(id: string, all: string): Choice {
  const element = byId<HTMLSelectElement>(id);
  const known = new Set(['']);
  element.append(optionOf('', all));
  const mark = () => element.classList.toggle('active', element.value !== '');
  element.addEventListener('change', mark);
  const offer = (value: string) => {
    if (known.has(value)) return;
    known.add(value);
    const next = [...element.options].find((option) => option.value > value);
    element.insertBefore(optionOf(value, shortenId(value, 40)), next ?? null);
  };
  return {
    element,
    offer,
    get value() {
      return element.value;
    },
    set value(value) {
      offer(value);
      element.value = value;
      mark();
    },
  };
}

function optionOf(value: string, label: string): HTMLOptionElement {
  const option = create('option', { title: value }, label);
  option.value = value;
  return option;
}
