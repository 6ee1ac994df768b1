import type { LostPeriod } from '../feed/feed-contract';
import { MAX_RECOVERED_EVENTS } from '../feed/gap';
import { formatMoment } from '../model/format';
import { TABS, type Tab } from '../model/page-address';
import { goTo, tab, table } from '../state/chosen';
import { lost, nowMs } from '../state/known';
import { GatewaysPanel } from './gateways-panel';
import { Table } from './table/table';
import { Toolbar } from './toolbar';
import { TrafficPanel } from './traffic/traffic-panel';

const TAB_NAMES: Record<Tab, string> = {
  calls: 'Calls',
  events: 'Events',
  traffic: 'Traffic',
  gateways: 'Gateways',
};

/** The monitor behind the gate. On a narrow screen the tabs choose which part of it is seen. */
export function Board() {
  return (
    <div id="board" class="board" data-tab={tab.value}>
      <nav class="tabs" aria-label="Views">
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            data-tab={name}
            aria-pressed={tab.value === name}
            onClick={() => goTo(name)}
          >
            {TAB_NAMES[name]}
          </button>
        ))}
      </nav>
      <main id="table" class="panel events" aria-label={TAB_NAMES[table.value]} tabIndex={-1}>
        <Toolbar />
        <Lost />
        <Table />
      </main>
      <aside class="side" aria-label="Traffic and gateways">
        <TrafficPanel />
        <GatewaysPanel />
      </aside>
    </div>
  );
}

/** From when to when events are missing, and why. */
function Lost() {
  const period = lost.value;
  if (!period) return null;
  const why =
    period.reason === 'expired'
      ? 'the server no longer keeps those events'
      : `more than ${MAX_RECOVERED_EVENTS.toLocaleString('en-US')} events came in the meantime`;
  const between = `${formatMoment(period.fromMs, nowMs.value)} to ${formatMoment(period.toMs, nowMs.value)}`;
  return (
    <div id="lost" class="notice" data-tone="warn" role="status">
      <span id="lost-text">
        {wordsFor(period)} could not be filled ({between}): {why}.
      </span>
      <button
        class="link"
        type="button"
        onClick={() => {
          lost.value = undefined;
        }}
      >
        Dismiss
      </button>
    </div>
  );
}

function wordsFor({ fromMs, toMs }: LostPeriod): string {
  const minutes = Math.round((toMs - fromMs) / 60_000);
  if (minutes < 1) return 'Less than a minute';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
