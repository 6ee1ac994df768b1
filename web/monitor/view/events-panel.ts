import type { EventFilter } from '../model/event-filter';
import { countFilters } from '../model/event-filter';
import { formatCount } from '../model/format';
import type { MonitorEvent } from '../model/monitor-event';
import type { TableView } from '../model/table-view';
import { byId, oncePerFrame, setText } from './dom';
import { createEventRow, fillEventRow, rowIdOf } from './event-row';
import { createFilterBar, type FilterBar } from './filter-bar';
import { VirtualRows } from './virtual-rows';

/** The table of events and its controls. */
export interface EventsPanel {
  readonly filters: FilterBar;
  /** Draws before the next frame. */
  refresh(): void;
  resize(): void;
  /** Takes in that events came; `live` ones are pointed out as they appear. */
  announce(fresh: readonly MonitorEvent[], live: boolean): void;
  togglePause(): void;
  toNewest(): void;
  /** Moves the selection by a number of rows and returns the event it is now on. */
  move(by: number): MonitorEvent | undefined;
  selected(): MonitorEvent | undefined;
  rows(): readonly MonitorEvent[];
  focus(): void;
}

/** What the panel asks of the rest of the page. */
export interface EventsPanelActions {
  open(event: MonitorEvent): void;
  /** What an empty table says when no filter is to blame. */
  emptyText(): string;
}

const HEAD_HEIGHT = 32;
/** How far down counts as reading: from there on the table stands still. */
const READING_ROWS = 1.5;

/** Wires the panel to a view of the ring. */
export function createEventsPanel(view: TableView, actions: EventsPanelActions): EventsPanel {
  const grid = byId('grid');
  const pause = byId('pause');
  const waiting = byId('waiting');
  let rows: MonitorEvent[] = [];
  let selectedId: string | undefined;
  const freshIds = new Set<string>();
  const list = new VirtualRows<MonitorEvent>(grid, byId('rows'), {
    create() {
      const row = createEventRow();
      row.addEventListener('animationend', () => row.classList.remove('fresh'));
      return row;
    },
    fill(row, event, index) {
      const moved = row.dataset.eventId !== event.id;
      fillEventRow(row, event);
      row.setAttribute('aria-rowindex', String(index + 2));
      row.setAttribute('aria-selected', String(event.id === selectedId));
      if (moved) row.classList.toggle('fresh', freshIds.has(event.id));
    },
  });

  const draw = () => {
    rows = view.rows();
    list.show(rows);
    freshIds.clear();
    grid.setAttribute('aria-rowcount', String(rows.length + 1));
    const selectedShown = rows.some((event) => event.id === selectedId);
    if (selectedId && selectedShown) grid.setAttribute('aria-activedescendant', `event-${selectedId}`);
    else grid.removeAttribute('aria-activedescendant');
    const total = view.ring.size;
    setText(
      byId('shown'),
      rows.length === total ? formatCount(total) : `${formatCount(rows.length)} of ${formatCount(total)}`,
    );
    drawHold();
    drawEmpty();
  };
  const drawHold = () => {
    const paused = view.isHeldFor('paused');
    const count = view.waiting();
    pause.setAttribute('aria-pressed', String(paused));
    setText(byId('pause-text'), paused ? 'Resume' : 'Pause');
    waiting.hidden = count === 0;
    setText(waiting, `↑ ${formatCount(count)} new`);
  };
  const drawEmpty = () => {
    const filtered = countFilters(view.filter) > 0;
    byId('empty').hidden = rows.length > 0;
    byId('grid-end').hidden = rows.length === 0;
    byId('empty-clear').hidden = !filtered;
    setText(byId('empty-title'), filtered ? 'Nothing matches' : 'No events yet');
    setText(
      byId('empty-text'),
      filtered
        ? `None of the ${formatCount(view.ring.size)} events on this page match the filters.`
        : actions.emptyText(),
    );
  };
  const refresh = oncePerFrame(draw);
  const drawRows = oncePerFrame(() => list.draw());

  const panel: EventsPanel = {
    filters: createFilterBar((filter: EventFilter) => {
      view.filter = filter;
      grid.scrollTop = 0;
      view.release('reading');
      refresh();
    }),
    refresh,
    resize() {
      list.measure();
      refresh();
    },
    announce(fresh, live) {
      panel.filters.learn(fresh);
      view.take(fresh);
      if (live && !view.isHeld) for (const event of fresh) freshIds.add(event.id);
      refresh();
    },
    togglePause() {
      if (view.isHeldFor('paused')) view.release('paused');
      else view.hold('paused');
      refresh();
    },
    toNewest() {
      view.release('paused');
      view.release('reading');
      grid.scrollTop = 0;
      refresh();
    },
    move(by) {
      const at = rows.findIndex((event) => event.id === selectedId);
      const index = at < 0 ? Math.floor(grid.scrollTop / list.rowHeight) : at + by;
      const event = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (!event) return undefined;
      select(event);
      list.reveal(rows.indexOf(event), HEAD_HEIGHT);
      return event;
    },
    selected: () => rows.find((event) => event.id === selectedId),
    rows: () => rows,
    focus: () => grid.focus(),
  };
  const select = (event: MonitorEvent) => {
    selectedId = event.id;
    grid.setAttribute('aria-activedescendant', rowIdOf(event));
    list.draw();
  };

  grid.addEventListener(
    'scroll',
    () => {
      const reading = grid.scrollTop > list.rowHeight * READING_ROWS;
      if (reading !== view.isHeldFor('reading')) {
        if (reading) view.hold('reading');
        else view.release('reading');
        refresh();
      }
      drawRows();
    },
    { passive: true },
  );
  byId('rows').addEventListener('click', (click) => {
    const id = (click.target as Element).closest<HTMLElement>('.row')?.dataset.eventId;
    const event = rows.find((candidate) => candidate.id === id);
    if (!event) return;
    select(event);
    actions.open(event);
  });
  pause.addEventListener('click', panel.togglePause);
  waiting.addEventListener('click', panel.toNewest);
  byId('empty-clear').addEventListener('click', panel.filters.clear);
  return panel;
}
