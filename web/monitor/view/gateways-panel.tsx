import { useRef } from 'preact/hooks';
import { formatAge, formatCount, formatMoment, shortenId } from '../model/format';
import type { GatewaySummary } from '../model/gateway-ledger';
import { filter, goTo, table } from '../state/chosen';
import { nowMs } from '../state/known';
import { gateways, hold, setFilter } from '../state/rows';

/** The most gateways listed; those beyond were seen longest ago. */
const MAX_LISTED = 100;

const STATES = { connected: 'Connected', away: 'Away', removed: 'Removed', unknown: 'Unknown' } as const;

/** The table of gateways: lines change in place, keep their order under a pointer, and a click chooses what the press was on. */
export function GatewaysPanel() {
  const pressed = useRef<string | undefined>(undefined);
  const all = gateways.value;
  const connected = all.filter(({ presence }) => presence === 'connected').length;
  return (
    <section
      class="panel gateways"
      aria-labelledby="gateways-title"
      onPointerEnter={() => hold('gateways', 'hover', true)}
      onPointerLeave={() => hold('gateways', 'hover', false)}
      onFocusIn={() => hold('gateways', 'row', true)}
      onFocusOut={() => hold('gateways', 'row', false)}
    >
      <div class="panel-head">
        <h2 id="gateways-title">Gateways</h2>
        <span id="gateways-count" class="count">
          {all.length > 0 && `${formatCount(connected)} of ${formatCount(all.length)} connected`}
        </span>
      </div>
      {all.length === 0 ? (
        <p class="fine">A gateway appears with its first event.</p>
      ) : (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Gateway</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Calls
                </th>
                <th scope="col" class="number">
                  Errors
                </th>
              </tr>
            </thead>
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: a key on a button is a click */}
            <tbody
              id="gateways"
              onPointerDown={({ target }) => {
                pressed.current = gatewayUnder(target);
              }}
              onClick={({ target }) => {
                // A key's click has no press before it.
                const chosen = pressed.current ?? gatewayUnder(target);
                pressed.current = undefined;
                if (chosen !== undefined) choose(chosen);
              }}
            >
              {all.slice(0, MAX_LISTED).map((gateway) => (
                <GatewayLine key={gateway.gatewayId} gateway={gateway} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function gatewayUnder(target: EventTarget | null): string | undefined {
  return (target as Element | null)?.closest<HTMLElement>('[data-gateway-id]')?.dataset.gatewayId;
}

/** Shows one gateway's rows only; chosen again, those of all. */
function choose(gatewayId: string): void {
  setFilter({ gateway: filter.value.gateway === gatewayId ? '' : gatewayId });
  goTo(table.value);
}

function GatewayLine({ gateway }: { gateway: GatewaySummary }) {
  const { gatewayId, displayName, runtimeType, presence, calls, errors } = gateway;
  return (
    <tr>
      <td>
        <button
          class={displayName ? 'link' : 'link id'}
          type="button"
          title={gatewayId}
          data-gateway-id={gatewayId}
          aria-pressed={filter.value.gateway === gatewayId}
        >
          {displayName ?? shortenId(gatewayId, 26)}
        </button>
        <small>{runtimeType ?? 'unknown runtime'}</small>
      </td>
      <td title={momentText(gateway)} data-tone={presence === 'connected' ? 'good' : 'quiet'}>
        <span class="state">{STATES[presence]}</span>
        <small>{stateText(gateway)}</small>
      </td>
      <td class="number">{formatCount(calls)}</td>
      <td class="number" data-tone={errors > 0 ? 'bad' : undefined}>
        {formatCount(errors)}
      </td>
    </tr>
  );
}

function stateText({ presence, sinceMs, lastSeenMs }: GatewaySummary): string {
  const isConnected = presence === 'connected' && sinceMs !== undefined;
  const fromMs = isConnected ? sinceMs : lastSeenMs;
  if (fromMs === undefined) return 'not seen yet';
  const age = formatAge(Math.max(0, nowMs.value - fromMs));
  if (isConnected) return age === 'now' ? 'just now' : `for ${age}`;
  return age === 'now' ? 'seen just now' : `seen ${age} ago`;
}

function momentText({ presence, sinceMs, lastSeenMs }: GatewaySummary): string {
  if (presence === 'connected' && sinceMs !== undefined) {
    return `Connected since ${formatMoment(sinceMs, nowMs.value)}`;
  }
  return lastSeenMs === undefined ? '' : `Last seen ${formatMoment(lastSeenMs, nowMs.value)}`;
}
