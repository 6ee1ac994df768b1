// biome-ignore-all lint/a11y/useSemanticElements: the table is a grid of which only the visible rows exist: no table element, and the focus stays on the grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the grid, which names its active row
import { Icon } from '../../../shared/icon';
import type { Call } from '../../model/call-book';
import { formatBytes, formatClock, formatDuration, shortenId } from '../../model/format';
import { toneOf } from '../../model/outcome';
import { gatewayNames, isRunning, nowMs } from '../../state/known';

/** The columns of a call. */
export const CALL_HEAD = ['Time', 'Method', 'Gateway', 'Client', 'Progress', 'Outcome', 'Duration'] as const;

/** What the method `sealed` means for whoever watches. */
const SEALED = 'Sealed between the App and its runtime: the relay, and this page, cannot read it.';

/** How much of the waiting bar half a minute fills: the time that a call has by default. */
const USUAL_MS = 30_000;

/** The cells of one call; while it runs, a bar grows with its waiting. */
export function CallCells({ call }: { call: Call }) {
  const running = isRunning(call);
  return (
    <>
      <Cell name="time">{formatClock(call.startMs)}</Cell>
      <Cell name="method" title={call.method === 'sealed' ? SEALED : call.method}>
        {call.method === 'sealed' && <Icon name="locked" />}
        {call.method}
      </Cell>
      <GatewayCell {...call} />
      <Cell name="client" title={call.clientId}>
        {call.clientId && shortenId(call.clientId, 12)}
      </Cell>
      <Cell name="progress" title={sizesOf(call)}>
        {call.progress > 0 && `${call.progress} step${call.progress === 1 ? '' : 's'}`}
      </Cell>
      <Cell name="outcome">
        {call.outcome ? (
          <Badge word={call.outcome} title={call.errorCode} />
        ) : (
          <span class="badge" data-tone="quiet">
            {running ? 'running' : 'no end seen'}
          </span>
        )}
        {call.errorCode && call.errorCode !== call.outcome && <small class="code">{call.errorCode}</small>}
      </Cell>
      {running ? (
        <Waiting call={call} />
      ) : (
        <Cell name="duration">{call.durationMs !== undefined && formatDuration(call.durationMs)}</Cell>
      )}
    </>
  );
}

function Waiting({ call }: { call: Call }) {
  const waitedMs = Math.max(0, nowMs.value - call.startMs);
  return (
    <Cell name="duration">
      <span class="waited">{formatDuration(waitedMs)}</span>
      <i class="bar" style={{ width: `${Math.min(100, (waitedMs / USUAL_MS) * 100)}%` }} />
    </Cell>
  );
}

/** A gateway by its name and its kind; by its id where neither is known. */
export function GatewayCell(known: { gatewayId?: string; displayName?: string; runtimeType?: string }) {
  const names = gatewayNames(known.gatewayId);
  const displayName = known.displayName ?? names?.displayName;
  const runtimeType = known.runtimeType ?? names?.runtimeType;
  const { gatewayId } = known;
  return (
    <Cell name="gateway" title={[displayName, runtimeType, gatewayId].filter(Boolean).join(' · ')}>
      {displayName ? <b>{displayName}</b> : gatewayId && <code>{shortenId(gatewayId)}</code>}
      {runtimeType && <small>{runtimeType}</small>}
    </Cell>
  );
}

/** One word of outcome, coloured. */
export function Badge({ word, title }: { word: string; title?: string | undefined }) {
  return (
    <span class="badge" data-tone={toneOf(word)} title={title}>
      {word}
    </span>
  );
}

/** One cell of a row. */
export function Cell(props: {
  name: string;
  title?: string | undefined;
  children?: preact.ComponentChildren;
}) {
  const { name, title, children } = props;
  return (
    <span class={name === 'duration' ? 'cell-duration number' : `cell-${name}`} role="gridcell" title={title}>
      {children}
    </span>
  );
}

function sizesOf({ bytesIn, bytesOut }: Call): string | undefined {
  const parts = [
    bytesIn === undefined ? '' : `${formatBytes(bytesIn)} in`,
    bytesOut === undefined ? '' : `${formatBytes(bytesOut)} out`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : undefined;
}
