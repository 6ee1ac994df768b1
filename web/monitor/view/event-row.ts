import { formatClock, formatDuration, shortenId } from '../model/format';
import { type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { outcomeOf, toneOf, toneOfEvent } from '../model/outcome';
import { create } from './dom';

const COLUMNS = ['time', 'type', 'gateway', 'method', 'outcome', 'duration'] as const;

/** The DOM id of an event's row, by which the grid names its active row. */
export function rowIdOf(event: MonitorEvent): string {
  return `event-${event.id}`;
}

/** An empty row of the table. */
export function createEventRow(): HTMLElement {
  const row = create('div', { className: 'row' });
  row.setAttribute('role', 'row');
  for (const column of COLUMNS) {
    const cell = create('span', { className: `cell-${column}` });
    cell.setAttribute('role', 'gridcell');
    row.append(cell);
  }
  row.children[4]!.append(create('span', { className: 'badge' }));
  row.children[5]!.classList.add('number');
  return row;
}

/** Shows an event in a row; a row that shows it already is left alone. */
export function fillEventRow(row: HTMLElement, event: MonitorEvent): void {
  if (row.dataset.eventId === event.id) return;
  row.dataset.eventId = event.id;
  row.id = rowIdOf(event);
  const [time, type, gateway, method, outcome, duration] = row.children as unknown as HTMLElement[];
  const word = outcomeOf(event);
  time!.textContent = formatClock(timeMsOf(event));
  type!.textContent = event.type;
  type!.title = event.type;
  type!.dataset.tone = toneOfEvent(event);
  gateway!.textContent = event.gatewayId ? shortenId(event.gatewayId) : '';
  gateway!.title = event.gatewayId ?? '';
  method!.textContent = event.method ?? '';
  method!.title = event.method ?? '';
  const badge = outcome!.firstElementChild as HTMLElement;
  badge.textContent = word;
  badge.hidden = word === '';
  badge.dataset.tone = toneOf(word);
  duration!.textContent = event.durationMs === undefined ? '' : formatDuration(event.durationMs);
}
