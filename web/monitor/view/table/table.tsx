import type { Call } from '../../model/call-book';
import { countFilters } from '../../model/event-filter';
import { formatCount } from '../../model/format';
import type { MonitorEvent } from '../../model/monitor-event';
import { isLive, lastOf, longerThan } from '../../model/time-range';
import { filter, range, table } from '../../state/chosen';
import { CAPACITY, feedState, isFresh } from '../../state/known';
import { clearFilter, rows, setRange, total } from '../../state/rows';
import { CALL_HEAD, CallCells } from './call-row';
import { EVENT_HEAD, EventCells } from './event-row';
import { Grid, type GridRow } from './grid';

/** The table in front: calls or events. */
export function Table() {
  const { rows: shown, waiting } = rows.value;
  const isCalls = table.value === 'calls';
  const gridRows: GridRow[] = isCalls
    ? (shown as readonly Call[]).map((call) => ({
        id: call.id,
        isFresh: isFresh(call.id),
        cells: () => <CallCells call={call} />,
      }))
    : (shown as readonly MonitorEvent[]).map((event) => ({
        id: event.id,
        isFresh: isFresh(event.id),
        cells: () => <EventCells event={event} />,
      }));
  return (
    <div class="table">
      <Grid
        label={isCalls ? 'Calls' : 'Events'}
        head={isCalls ? CALL_HEAD : EVENT_HEAD}
        rows={gridRows}
        waiting={waiting}
        end={<End />}
      />
      {shown.length === 0 && <Empty />}
    </div>
  );
}

/** Under the last row: how to see what is older. */
function End() {
  if (total.value >= CAPACITY) {
    return <span>The page keeps the newest {formatCount(CAPACITY)}.</span>;
  }
  return <Longer />;
}

function Longer() {
  const longer = longerThan(range.value);
  if (longer === undefined) return <span>Nothing older is kept here.</span>;
  return (
    <button id="longer" class="button" type="button" onClick={() => setRange({ last: longer })}>
      Show the last {lastOf(longer).words}
    </button>
  );
}

function Empty() {
  const isFiltered = countFilters(filter.value) > 0;
  const what = table.value;
  const when = isLive(range.value) ? `in the last ${lastOf(range.value.last).words}` : 'in this time';
  const isBare = !isFiltered && total.value === 0;
  return (
    <div id="empty" class="empty">
      <svg viewBox="0 0 64 32" aria-hidden="true">
        <path d="M2 18h14l6-13 9 24 7-15 4 4h20" />
      </svg>
      <h3 id="empty-title">
        {isFiltered ? 'Nothing matches' : isBare ? `No ${what} yet` : `No ${what} ${when}`}
      </h3>
      <p id="empty-text">{textOf(isFiltered, isBare)}</p>
      {isFiltered && (
        <button id="empty-clear" class="button" type="button" onClick={clearFilter}>
          Clear the filters
        </button>
      )}
      {!isFiltered && <Longer />}
    </div>
  );
}

function textOf(isFiltered: boolean, isBare: boolean): string {
  if (isFiltered)
    return `None of the ${formatCount(total.value)} ${table.value} on this page match the filters.`;
  if (feedState.value?.name !== 'live') return 'The page is trying to reach the server.';
  if (!isBare) return 'There are some at another time.';
  return table.value === 'calls'
    ? 'Pair an App with a runtime and let it call: each call appears here as it happens, newest first.'
    : 'Register a runtime or let an App redeem its code: every step appears here as it happens, newest first.';
}
