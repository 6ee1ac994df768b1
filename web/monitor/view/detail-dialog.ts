import { callTimeline } from '../model/call-timeline';
import { formatClock, formatCount, formatDuration } from '../model/format';
import { type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { byId, create, oncePerFrame } from './dom';
import { summaryOf, timelineItems } from './timeline-list';

/** The dialog that shows one event whole, and its call. */
export interface DetailDialog {
  readonly isOpen: boolean;
  open(event: MonitorEvent): void;
  /** Draws again when events came: a call may have got its answer. */
  refresh(): void;
}

/** What the dialog asks of the rest of the page. */
export interface DetailActions {
  /** Every event on the page. */
  events(): readonly MonitorEvent[];
  showOnlyCall(rpcId: string): void;
  /** Moves the table's selection and returns the event it is then on. */
  step(by: number): MonitorEvent | undefined;
}

const LABELS: Record<keyof MonitorEvent, string> = {
  id: 'Event id',
  time: 'Time',
  type: 'Type',
  outcome: 'Outcome',
  status: 'Status',
  method: 'Method',
  durationMs: 'Duration',
  bytes: 'Size',
  detail: 'Detail',
  gatewayId: 'Gateway',
  runtimeType: 'Runtime type',
  clientId: 'Client',
  rpcId: 'Call',
  requestId: 'Request',
};

/** Wires the dialog; it opens on demand. */
export function createDetailDialog(actions: DetailActions): DetailDialog {
  const dialog = byId<HTMLDialogElement>('detail');
  const copy = byId('detail-copy');
  let shown: MonitorEvent | undefined;
  const draw = () => {
    if (!shown || !dialog.open) return;
    byId('detail-title').textContent = shown.type;
    byId('detail-time').textContent =
      `${new Date(timeMsOf(shown)).toDateString()}, ${formatClock(timeMsOf(shown))}`;
    byId('fields').replaceChildren(...fieldsOf(shown));
    const { rpcId } = shown;
    byId('timeline-section').hidden = rpcId === undefined;
    if (rpcId === undefined) return;
    const timeline = callTimeline(actions.events(), rpcId);
    byId('timeline-summary').textContent = summaryOf(timeline);
    byId('timeline').replaceChildren(...timelineItems(timeline, shown.id));
  };
  const open = (event: MonitorEvent) => {
    shown = event;
    copy.textContent = 'Copy as JSON';
    if (!dialog.open) dialog.showModal();
    draw();
  };
  for (const button of dialog.querySelectorAll<HTMLElement>('[data-step]')) {
    button.addEventListener('click', () => {
      const event = actions.step(Number(button.dataset.step));
      if (event) open(event);
    });
  }
  byId('timeline-filter').addEventListener('click', () => {
    dialog.close();
    if (shown?.rpcId) actions.showOnlyCall(shown.rpcId);
  });
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(shown, null, 2));
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'The browser did not allow it';
    }
  });
  return {
    get isOpen() {
      return dialog.open;
    },
    open,
    refresh: oncePerFrame(draw),
  };
}

function fieldsOf(event: MonitorEvent): HTMLElement[] {
  return (Object.keys(LABELS) as (keyof MonitorEvent)[]).flatMap((field) => {
    const value = event[field];
    if (value === undefined) return [];
    return [create('dt', {}, LABELS[field]), create('dd', {}, textOf(field, value))];
  });
}

function textOf(field: keyof MonitorEvent, value: string | number): string {
  if (field === 'durationMs') return formatDuration(Number(value));
  return field === 'bytes' ? `${formatCount(Number(value))} bytes` : String(value);
}
