import { byId, type MonitorEvent, timeMsOf } from './monitor-event';
import { callOutcomeOf, isFailure } from './outcome';

/** What a gateway called itself last. */
export interface GatewayNames {
  readonly displayName?: string;
  readonly runtimeType?: string;
}

/** What the events tell about one gateway. */
export interface GatewaySummary extends GatewayNames {
  readonly gatewayId: string;
  /** `unknown` until an event tells. */
  readonly presence: 'connected' | 'away' | 'removed' | 'unknown';
  /** When that began, as far as seen; milliseconds since 1970. */
  readonly sinceMs?: number;
  /** The newest event that the runtime itself caused; milliseconds since 1970. Absent when there is none. */
  readonly lastSeenMs?: number;
  /** Ended calls. */
  readonly calls: number;
  /** Those of them that failed. */
  readonly errors: number;
}

interface Entry {
  /** Replaced, never changed: whoever holds on to it sees by that whether it is the newest. */
  names: GatewayNames;
  namesMs: number;
  lastSeenMs: number;
  calls: number;
  errors: number;
  /** The newest events that tell whether the runtime is there, oldest first. */
  presence: MonitorEvent[];
}

/** Events that a runtime causes; a call to it proves nothing before it answers. */
const OF_THE_RUNTIME =
  /^relay\.(websocket\.(connected|message|disconnected|replaced)|register\.created|rpc\.(success|error)|secret\.rotated)$/;
const MAX_PRESENCE_EVENTS = 40;
const SIGNS_OF_LIFE = new Set(['relay.rpc.command_sent', 'relay.rpc.success']);
const PRESENCE_TYPES = new Set([
  ...SIGNS_OF_LIFE,
  'relay.websocket.connected',
  'relay.websocket.disconnected',
  'relay.websocket.replaced',
  'relay.rpc.offline',
  'relay.gateway.removed',
]);

/** Keeps one line per gateway; takes events in any order, each once. */
export class GatewayLedger {
  readonly #entries = new Map<string, Entry>();

  /** Counts an event; one without a gateway is ignored. */
  add(event: MonitorEvent): void {
    if (!event.gatewayId) return;
    const entry = this.#entries.get(event.gatewayId) ?? {
      names: {},
      namesMs: 0,
      lastSeenMs: 0,
      calls: 0,
      errors: 0,
      presence: [],
    };
    this.#entries.set(event.gatewayId, entry);
    const atMs = timeMsOf(event);
    const { displayName = entry.names.displayName, runtimeType = entry.names.runtimeType } = event;
    const isNews = displayName !== entry.names.displayName || runtimeType !== entry.names.runtimeType;
    if (isNews && atMs >= entry.namesMs) {
      entry.names = { ...(displayName ? { displayName } : {}), ...(runtimeType ? { runtimeType } : {}) };
      entry.namesMs = atMs;
    }
    const outcome = callOutcomeOf(event);
    if (outcome) entry.calls += 1;
    if (outcome && isFailure(outcome)) entry.errors += 1;
    // A socket event that names a client is an App's socket and says nothing about the runtime.
    const isAppSocket = event.type.startsWith('relay.websocket.') && event.clientId !== undefined;
    if (isAppSocket) return;
    if (OF_THE_RUNTIME.test(event.type)) entry.lastSeenMs = Math.max(entry.lastSeenMs, atMs);
    if (PRESENCE_TYPES.has(event.type)) {
      entry.presence = tellingOf([...entry.presence, event].sort(byId)).slice(-MAX_PRESENCE_EVENTS);
    }
  }

  /** What a gateway called itself last; `undefined` of one that no event names. */
  namesOf(gatewayId: string | undefined): GatewayNames | undefined {
    return gatewayId === undefined ? undefined : this.#entries.get(gatewayId)?.names;
  }

  /** The gateways, connected ones first, then the most recently seen. */
  list(): GatewaySummary[] {
    return [...this.#entries]
      .map(([gatewayId, entry]) => ({
        gatewayId,
        ...entry.names,
        ...presenceOf(entry.presence),
        ...(entry.lastSeenMs > 0 ? { lastSeenMs: entry.lastSeenMs } : {}),
        calls: entry.calls,
        errors: entry.errors,
      }))
      .sort(
        (a, b) =>
          Number(b.presence === 'connected') - Number(a.presence === 'connected') ||
          (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0) ||
          byId({ id: a.gatewayId }, { id: b.gatewayId }),
      );
  }
}

/** Leaves out signs of life of a runtime that is known to be there, else they would push out all the rest. */
function tellingOf(events: readonly MonitorEvent[]): MonitorEvent[] {
  const telling: MonitorEvent[] = [];
  for (const event of events) {
    const isSignOfLife = SIGNS_OF_LIFE.has(event.type);
    if (!isSignOfLife || presenceOf(telling).presence !== 'connected') telling.push(event);
  }
  return telling;
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
