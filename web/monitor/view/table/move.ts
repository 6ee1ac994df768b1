import { closeDetail, openCall, openEvent, openRow, selectedId, table } from '../../state/chosen';
import { hold, rows } from '../../state/rows';
import { gridElement, reveal } from './grid-element';

type Row = { readonly id: string };

/** Moves the selection by a number of rows; an open detail follows. From here on the table holds still. */
export function move(by: number): void {
  const shown = rows.value.rows as readonly Row[];
  const at = shown.findIndex(({ id }) => id === selectedId.value);
  const grid = gridElement.current;
  const rowHeight = grid ? Number.parseFloat(getComputedStyle(grid).getPropertyValue('--row-height')) : 36;
  const index = at < 0 ? Math.floor((grid?.scrollTop ?? 0) / rowHeight) : at + by;
  const row = shown[Math.max(0, Math.min(shown.length - 1, index))];
  if (!row) return;
  hold(table.value, 'row', true);
  if (openCall.value !== undefined || openEvent.value !== undefined) openRow(row.id);
  else selectedId.value = row.id;
  reveal(shown.indexOf(row));
}

/** Opens the detail of the selected row. */
export function openSelected(): void {
  const shown = rows.value.rows as readonly Row[];
  const row = shown.find(({ id }) => id === selectedId.value);
  if (row) openRow(row.id);
}

/** Lets the table go: no row is selected, and it moves again. */
export function letGo(): void {
  closeDetail();
  selectedId.value = undefined;
  hold(table.value, 'row', false);
}
