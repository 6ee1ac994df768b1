import type { FeedListener } from './feed/feed';
import { CallMetrics } from './model/call-metrics';
import { EventRing } from './model/event-ring';
import { GatewayLedger } from './model/gateway-ledger';
import { type MonitorEvent, timeMsOf } from './model/monitor-event';
import { exportFileName, toNdjson } from './model/ndjson';
import { TableView } from './model/table-view';
import { createCallsPanel } from './view/calls-panel';
import { createDetailDialog } from './view/detail-dialog';
import { byId, oncePerFrame } from './view/dom';
import { createEventsPanel } from './view/events-panel';
import { createGatewaysPanel } from './view/gateways-panel';
import { bindDialogs, bindKeys } from './view/keyboard';
import { createLostNotice } from './view/lost-notice';
import { save } from './view/save';
import { bindTabs } from './view/tabs';
import { createThemeSwitch } from './view/theme';

/** How many events the page keeps. */
const CAPACITY = 5000;
/** Older than this when they arrive, events are history and come in without a highlight. */
const LIVE_MS = 10_000;

/** The monitor behind the gate: takes events, shows them. */
export interface Board extends Pick<FeedListener, 'onEvents' | 'onLost' | 'onOlder'> {
  show(): void;
  hide(): void;
}

/** What the board asks of the feed; `nowMs` is the server's time. */
export interface BoardActions {
  loadOlder(): Promise<void>;
  nowMs(): number;
  isLive(): boolean;
}

/** Wires model and views. */
export function createBoard(actions: BoardActions): Board {
  const ring = new EventRing(CAPACITY);
  const view = new TableView(ring);
  const metrics = new CallMetrics();
  const ledger = new GatewayLedger();
  const goToTab = bindTabs();
  const lost = createLostNotice();
  const callsPanel = createCallsPanel();
  const older = byId<HTMLButtonElement>('older');

  const eventsPanel = createEventsPanel(view, {
    open: (event) => detail.open(event),
    emptyText: () =>
      !actions.isLive()
        ? 'The page is trying to reach the server.'
        : 'Register a runtime or let an App redeem its code: every step appears here as it happens, newest first.',
  });
  const detail = createDetailDialog({
    // What a paused table shows may have left the ring.
    events: () => [
      ...new Map([...view.rows(), ...ring.newestFirst()].map((event) => [event.id, event])).values(),
    ],
    showOnlyCall: (rpcId) => eventsPanel.filters.set({ text: rpcId, type: '', outcome: '' }),
    step: (by) => eventsPanel.move(by),
  });
  const gatewaysPanel = createGatewaysPanel((gatewayId) => {
    const same = view.filter.gatewayId === gatewayId;
    eventsPanel.filters.set({ gatewayId: same ? '' : gatewayId });
    goToTab('events');
    refreshSide();
  });

  const refreshSide = oncePerFrame(() => {
    const nowMs = actions.nowMs();
    callsPanel.show(metrics.window(nowMs));
    gatewaysPanel.show(ledger.list(), nowMs, view.filter.gatewayId);
  });
  const theme = createThemeSwitch(() => callsPanel.recolour());
  const exportShown = () =>
    save(exportFileName(actions.nowMs()), toNdjson(eventsPanel.rows()), 'application/x-ndjson');
  const moveBy = (by: number) => {
    const event = eventsPanel.move(by);
    if (event && detail.isOpen) detail.open(event);
  };
  const openSelected = () => {
    const event = eventsPanel.selected();
    if (event) detail.open(event);
  };

  bindDialogs();
  bindKeys({
    search: () => eventsPanel.filters.focusSearch(),
    pause: () => eventsPanel.togglePause(),
    move: moveBy,
    open: openSelected,
    newest: () => eventsPanel.toNewest(),
    export: exportShown,
    theme: () => theme.next(),
    detailOpen: () => detail.isOpen,
  });
  byId('export').addEventListener('click', exportShown);
  older.addEventListener('click', async () => {
    older.disabled = true;
    await actions.loadOlder().catch(() => undefined);
    older.disabled = false;
  });
  new ResizeObserver(() => eventsPanel.resize()).observe(byId('grid'));
  // Ages grow and the hour moves on also when nothing happens.
  setInterval(refreshSide, 5000);

  return {
    onEvents(events: readonly MonitorEvent[]) {
      const nowMs = actions.nowMs();
      const fresh = ring.add(events);
      for (const event of fresh) {
        metrics.add(event);
        ledger.add(event);
      }
      const live = fresh.filter((event) => nowMs - timeMsOf(event) < LIVE_MS);
      eventsPanel.announce(fresh, live.length > 0 && live.length === fresh.length);
      detail.refresh();
      refreshSide();
    },
    onLost: (period) => lost.show(period, actions.nowMs()),
    onOlder(available) {
      const full = ring.size >= CAPACITY;
      older.hidden = !available || full;
      byId('grid-end-text').textContent = full
        ? `The page keeps the newest ${CAPACITY.toLocaleString('en-US')} events.`
        : available
          ? ''
          : 'That is all the server keeps.';
    },
    show() {
      byId('board').hidden = false;
      eventsPanel.resize();
      refreshSide();
    },
    hide() {
      byId('board').hidden = true;
    },
  };
}
