import { CopyButton } from '../../shared/copy-button';
import { Dialog } from '../../shared/dialog';
import { Icon } from '../../shared/icon';
import type { Call } from '../model/call-book';
import { callTimeline } from '../model/call-timeline';
import { formatBytes, formatClock, formatCount, formatDuration } from '../model/format';
import { type MonitorEvent, timeMsOf } from '../model/monitor-event';
import { closeDetail, goTo, openCall, openEvent } from '../state/chosen';
import { eventsOfCall, findCall, findEvent, gatewayNames } from '../state/known';
import { setFilter } from '../state/rows';
import { Payloads } from './payloads';
import { move } from './table/move';
import { summaryOf, Timeline } from './timeline';

const LABELS: Record<keyof MonitorEvent, string> = {
  id: 'Event id',
  time: 'Time',
  type: 'Type',
  outcome: 'Outcome',
  errorCode: 'Error code',
  status: 'Status',
  method: 'Method',
  durationMs: 'Duration',
  progress: 'Progress',
  count: 'Stands for',
  bytes: 'Size',
  bytesIn: 'Params',
  bytesOut: 'Result',
  detail: 'Detail',
  displayName: 'Gateway',
  runtimeType: 'Runtime type',
  gatewayId: 'Gateway id',
  clientId: 'Client',
  rpcId: 'Call',
  requestId: 'Request',
};

/** The detail of a call, of an event, or of an event with its call. */
export function Detail() {
  const event = openEvent.value === undefined ? undefined : findEvent(openEvent.value);
  const callId = openCall.value ?? event?.rpcId;
  const call = callId === undefined ? undefined : findCall(callId);
  if (!event && !call) return null;
  const isCall = openCall.value !== undefined;
  const atMs = event && !isCall ? timeMsOf(event) : (call?.startMs ?? 0);
  return (
    <Dialog
      id="detail"
      title={isCall ? (call?.method ?? 'Call') : event!.type}
      note={`${new Date(atMs).toDateString()}, ${formatClock(atMs)}`}
      actions={
        <>
          <StepButton by={-1} name={isCall ? 'Newer call' : 'Newer event'} hint="k" icon="up" />
          <StepButton by={1} name={isCall ? 'Older call' : 'Older event'} hint="j" icon="down" />
        </>
      }
      onClose={closeDetail}
    >
      <div class="dialog-body" data-id={openCall.value ?? openEvent.value}>
        {callId !== undefined && (
          <CallSection callId={callId} call={isCall ? call : undefined} eventId={event?.id} />
        )}
        {event && <EventSection event={event} />}
      </div>
    </Dialog>
  );
}

function StepButton({
  by,
  name,
  hint,
  icon,
}: {
  by: number;
  name: string;
  hint: string;
  icon: 'up' | 'down';
}) {
  return (
    <button
      class="icon-button"
      type="button"
      data-step={by}
      aria-label={name}
      title={`${name} (${hint})`}
      onClick={() => move(by)}
    >
      <Icon name={icon} />
    </button>
  );
}

function CallSection({
  callId,
  call,
  eventId,
}: {
  callId: string;
  call: Call | undefined;
  eventId: string | undefined;
}) {
  const timeline = callTimeline(eventsOfCall(callId), callId);
  const showOnly = () => {
    closeDetail();
    setFilter({ text: callId, type: '', outcome: '', gateway: '' });
    goTo('events');
  };
  return (
    <section aria-labelledby="timeline-title">
      <div class="section-head">
        <h3 id="timeline-title">Call</h3>
        <span id="timeline-summary" class="count">
          {summaryOf(timeline)}
        </span>
        <button id="timeline-filter" class="link" type="button" onClick={showOnly}>
          Show only its events
        </button>
      </div>
      <Timeline
        timeline={timeline}
        currentId={eventId}
        onChoose={(id) => {
          openEvent.value = openEvent.value === id ? undefined : id;
        }}
      />
      {call && (
        <dl id="call-fields" class="fields">
          {fieldsOfCall(call).map(([name, value]) => (
            <Field key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {call && <Payloads key={callId} call={call} />}
    </section>
  );
}

function EventSection({ event }: { event: MonitorEvent }) {
  const names = gatewayNames(event.gatewayId);
  const whole = { ...names, ...event };
  return (
    <section aria-labelledby="fields-title">
      <div class="section-head">
        <h3 id="fields-title">Event</h3>
        <CopyButton label="Copy as JSON" text={() => JSON.stringify(event, null, 2)} />
      </div>
      <dl id="fields" class="fields">
        {(Object.keys(LABELS) as Array<keyof MonitorEvent>).map((field) => {
          const value = whole[field];
          return value === undefined ? null : (
            <Field key={field} name={LABELS[field]} value={textOf(field, value)} />
          );
        })}
      </dl>
    </section>
  );
}

function Field({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function fieldsOfCall(call: Call): Array<[name: string, value: string]> {
  const names = gatewayNames(call.gatewayId);
  const sizes = [
    call.bytesIn === undefined ? '' : `${formatBytes(call.bytesIn)} in`,
    call.bytesOut === undefined ? '' : `${formatBytes(call.bytesOut)} out`,
  ].filter(Boolean);
  const rows: Array<[string, string | undefined]> = [
    ['Outcome', call.outcome],
    ['Error code', call.errorCode],
    ['Why', call.detail],
    ['Gateway', call.displayName ?? names?.displayName],
    ['Runtime type', call.runtimeType ?? names?.runtimeType],
    ['Gateway id', call.gatewayId],
    ['Client', call.clientId],
    ['Progress', call.progress > 0 ? `${formatCount(call.progress)} steps` : undefined],
    ['Asked again', call.joined > 0 ? `${formatCount(call.joined)} times under the same id` : undefined],
    ['Size', sizes.join(', ') || undefined],
    ['Call', call.id],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function textOf(field: keyof MonitorEvent, value: string | number): string {
  if (field === 'durationMs') return formatDuration(Number(value));
  if (field === 'count') return `${formatCount(Number(value))} alike`;
  if (field === 'progress') return `${formatCount(Number(value))} steps`;
  return field.startsWith('bytes') ? `${formatCount(Number(value))} bytes` : String(value);
}
