import { isFailure } from './call-metrics';
import { byId, type MonitorEvent, timeMsOf } from './monitor-event';
import { callOutcomeOf } from './outcome';

/** What the events tell about one gateway. */
export interface GatewaySummary {
  readonly gatewayId: string;
  readonly runtimeType?: string;
  /** `unknown` until an event tells. */
  readonly presence: 'connected' | 'away' | 'removed' | 'unknown';
  /** When that began, as far as seen; milliseconds since 1970. */
  readonly sinceMs?: number;
  /** The newest event of the gateway; milliseconds since 1970. */
  readonly lastSeenMs: number;
  /** Ended calls. */
  readonly calls: number;
  /** Those of them that failed. */
  readonly errors: number;
}

interface Entry {
  runtimeType?: string;
  lastSeenMs: number;
  calls: number;
  errors: number;
  /** The newest events that tell whether the runtime is there, oldest first. */
  presence: MonitorEvent[];
}

const MAX_PRESENCE_EVENTS = 40;
const PRESENCE_TYPES = new Set([
  'relay.websocket.connected',
  'relay.websocket.disconnected',
  'relay.websocket.replaced',
  'relay.rpc.command_sent',
  'relay.rpc.success',
  'relay.rpc.offline',
  'relay.gateway.removed',
]);

/** Keeps one line per gateway; takes events in any order, each once. */
export class GatewayLedger {
  readonly #entries = new Map<string, Entry>();

  /** Counts an event; one without a gateway is ignored. */
  add(event: MonitorEvent): void {
    if (!event.gatewayId) return;
    const entry = this.#entries.get(event.gatewayId) ?? { lastSeenMs: 0, calls: 0, errors: 0, presence: [] };
    this.#entries.set(event.gatewayId, entry);
    const atMs = timeMsOf(event);
    if (event.runtimeType && (atMs >= entry.lastSeenMs || !entry.runtimeType)) {
      entry.runtimeType = event.runtimeType;
    }
    entry.lastSeenMs = Math.max(entry.lastSeenMs, atMs);
    const outcome = callOutcomeOf(event);
    if (outcome) entry.calls += 1;
    if (outcome && isFailure(outcome)) entry.errors += 1;
    // A socket event that names a client is an App's socket and says nothing about the runtime.
    const isAppSocket = event.type.startsWith('relay.websocket.') && event.clientId !== undefined;
    if (PRESENCE_TYPES.has(event.type) && !isAppSocket) {
      entry.presence = [...entry.presence, event].sort(byId).slice(-MAX_PRESENCE_EVENTS);
    }
  }

  /** The gateways, connected ones first, then the most recently seen. */
  list(): GatewaySummary[] {
    return [...this.#entries]
      .map(([gatewayId, entry]) => ({
        gatewayId,
        ...(entry.runtimeType ? { runtimeType: entry.runtimeType } : {}),
        ...presenceOf(entry.presence),
        lastSeenMs: entry.lastSeenMs,
        calls: entry.calls,
        errors: entry.errors,
      }))
      .sort(
        (a, b) =>
          Number(b.presence === 'connected') - Number(a.presence === 'connected') ||
          b.lastSeenMs - a.lastSeenMs ||
          byId({ id: a.gatewayId }, { id: b.gatewayId }),
      );
  }
}

/**
 * Follows the sockets through the events. A runtime that renews its connection overlaps the two, so closing
 * one socket means "away" only when no other one is open.
 */
function presenceOf(events: readonly MonitorEvent[]): Pick<GatewaySummary, 'presence' | 'sinceMs'> {
  let open = 0;
  let state: Pick<GatewaySummary, 'presence' | 'sinceMs'> = { presence: 'unknown' };
  for (const event of events) {
    const sinceMs = timeMsOf(event);
    if (event.type === 'relay.websocket.connected') open += 1;
    else if (event.type === 'relay.websocket.replaced') open = Math.max(open, 2);
    else if (event.type === 'relay.websocket.disconnected') open = Math.max(0, open - 1);
    else if (event.type === 'relay.rpc.offline' || event.type === 'relay.gateway.removed') open = 0;
    else open = Math.max(open, 1);
    const presence =
      event.type === 'relay.gateway.removed' ? 'removed' : open > 0 ? ('connected' as const) : 'away';
    if (presence !== state.presence) state = { presence, sinceMs };
  }
  return state;
}
