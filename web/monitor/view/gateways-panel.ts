import { formatAge, formatCount, formatMoment, shortenId } from '../model/format';
import type { GatewaySummary } from '../model/gateway-ledger';
import { byId, create, setText } from './dom';

/** The most gateways listed; those beyond were seen longest ago. */
const MAX_LISTED = 100;

const STATES = { connected: 'Connected', away: 'Away', removed: 'Removed', unknown: 'Unknown' } as const;

/** The table of gateways. */
export interface GatewaysPanel {
  show(gateways: readonly GatewaySummary[], nowMs: number, filteredId: string): void;
}

/** `onPick` gets the gateway that the viewer wants to see alone. */
export function createGatewaysPanel(onPick: (gatewayId: string) => void): GatewaysPanel {
  const body = byId('gateways');
  let shownKey = '';
  body.addEventListener('click', (event) => {
    const id = (event.target as Element).closest<HTMLElement>('button')?.dataset.gatewayId;
    if (id) onPick(id);
  });
  return {
    show(gateways, nowMs, filteredId) {
      const listed = gateways.slice(0, MAX_LISTED);
      const key = JSON.stringify([listed.map((gateway) => [gateway, stateText(gateway, nowMs)]), filteredId]);
      if (key === shownKey) return;
      shownKey = key;
      const focusedId = (document.activeElement as HTMLElement | null)?.dataset.gatewayId;
      body.replaceChildren(...listed.map((gateway) => rowOf(gateway, nowMs, filteredId)));
      if (focusedId) {
        for (const button of body.querySelectorAll('button')) {
          if (button.dataset.gatewayId === focusedId) button.focus();
        }
      }
      const connected = gateways.filter(({ presence }) => presence === 'connected').length;
      setText(
        byId('gateways-count'),
        gateways.length ? `${formatCount(connected)} of ${formatCount(gateways.length)} connected` : '',
      );
      byId('gateways-empty').hidden = gateways.length > 0;
      body.closest('table')!.hidden = gateways.length === 0;
    },
  };
}

function stateText({ presence, sinceMs, lastSeenMs }: GatewaySummary, nowMs: number): string {
  const isConnected = presence === 'connected' && sinceMs !== undefined;
  const fromMs = isConnected ? sinceMs : lastSeenMs;
  if (fromMs === undefined) return 'not seen yet';
  const age = formatAge(Math.max(0, nowMs - fromMs));
  if (isConnected) return age === 'now' ? 'just now' : `for ${age}`;
  return age === 'now' ? 'seen just now' : `seen ${age} ago`;
}

function momentText({ presence, sinceMs, lastSeenMs }: GatewaySummary, nowMs: number): string {
  if (presence === 'connected' && sinceMs !== undefined) {
    return `Connected since ${formatMoment(sinceMs, nowMs)}`;
  }
  return lastSeenMs === undefined ? '' : `Last seen ${formatMoment(lastSeenMs, nowMs)}`;
}

function rowOf(gateway: GatewaySummary, nowMs: number, filteredId: string): HTMLTableRowElement {
  const { gatewayId, presence, errors } = gateway;
  const name = create('button', { className: 'link', title: gatewayId }, shortenId(gatewayId, 26));
  name.type = 'button';
  name.dataset.gatewayId = gatewayId;
  name.setAttribute('aria-pressed', String(gatewayId === filteredId));
  return create(
    'tr',
    {},
    create('td', {}, name, create('small', {}, gateway.runtimeType ?? 'unknown runtime')),
    create(
      'td',
      { title: momentText(gateway, nowMs), tone: presence === 'connected' ? 'good' : 'quiet' },
      create('span', { className: 'state' }, STATES[presence]),
      create('small', {}, stateText(gateway, nowMs)),
    ),
    create('td', { className: 'number' }, formatCount(gateway.calls)),
    create('td', { className: 'number', ...(errors > 0 ? { tone: 'bad' } : {}) }, formatCount(errors)),
  );
}
