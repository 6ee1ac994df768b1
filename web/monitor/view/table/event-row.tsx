// biome-ignore-all lint/a11y/useSemanticElements: the table is a grid of which only the visible rows exist: no table element, and the focus stays on the grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the grid, which names its active row
import { formatClock, formatDuration } from '../../model/format';
import { type MonitorEvent, timeMsOf } from '../../model/monitor-event';
import { outcomeOf, toneOfEvent } from '../../model/outcome';
import { Badge, Cell, GatewayCell } from './call-row';

/** The columns of an event. */
export const EVENT_HEAD = ['Time', 'Type', 'Gateway', 'Method', 'Outcome', 'Duration'] as const;

/** The cells of one event. */
export function EventCells({ event }: { event: MonitorEvent }) {
  const word = outcomeOf(event);
  return (
    <>
      <Cell name="time">{formatClock(timeMsOf(event))}</Cell>
      <span class="cell-type" role="gridcell" title={event.type} data-tone={toneOfEvent(event)}>
        {event.type}
      </span>
      <GatewayCell {...event} />
      <Cell name="method" title={event.method}>
        {event.method}
      </Cell>
      <Cell name="outcome">
        {word && <Badge word={word} title={event.errorCode} />}
        {event.count !== undefined && event.count > 1 && <small class="code">×{event.count}</small>}
        {event.errorCode && event.errorCode !== word && <small class="code">{event.errorCode}</small>}
      </Cell>
      <Cell name="duration">{event.durationMs !== undefined && formatDuration(event.durationMs)}</Cell>
    </>
  );
}
