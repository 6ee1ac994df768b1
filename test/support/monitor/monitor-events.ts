import { type Outcome, outcomes } from '../../../lambdas/core/wire/outcomes';
import type { MonitorEvent } from '../../../web/monitor/model/monitor-event';

let counter = 0;

/** An event at a time, with an id that sorts by it. */
export function monitorEvent(
  type: string,
  atMs: number,
  rest: Omit<Partial<MonitorEvent>, 'id' | 'time' | 'type'> = {},
): MonitorEvent {
  counter += 1;
  const id = `${String(atMs).padStart(14, '0')}-${String(counter).padStart(8, '0')}`;
  return { id, time: new Date(atMs).toISOString(), type, ...rest };
}

/** What gateways call themselves, by id. */
const NAMES = new Map([
  ['gw_7F3KQ2M9ZT4XA', { displayName: 'Office desk', runtimeType: 'openclaw' }],
  ['gw_V2C8D5NP6WERJ', { displayName: 'Studio', runtimeType: 'hermes' }],
  ['gw_0B1HXK7YQSG3M', { displayName: 'Attic server', runtimeType: 'agent-host' }],
]);

/** The events of one call, oldest first: request, command, message and answer, or only its failure. */
export function callEvents(
  rpcId: string,
  startMs: number,
  options: {
    readonly gatewayId?: string;
    readonly method?: string;
    readonly outcome?: Outcome;
    readonly durationMs?: number;
  } = {},
): MonitorEvent[] {
  const {
    gatewayId = 'gw_7F3KQ2M9ZT4XA',
    method = 'chat.send',
    outcome = 'answered',
    durationMs = 180,
  } = options;
  const common = {
    gatewayId,
    ...NAMES.get(gatewayId),
    rpcId,
    method,
    clientId: 'client_4TQ9',
    requestId: `req_${rpcId}`,
  };
  const request = monitorEvent('relay.rpc.request', startMs, { ...common, bytesIn: 412 });
  const end = monitorEvent(outcomes[outcome].event, startMs + durationMs, {
    ...common,
    durationMs,
    outcome,
    status: outcome === 'answered' ? 200 : 504,
    bytesIn: 412,
    ...(outcome === 'answered' ? { bytesOut: 1830 } : {}),
    ...(outcome === 'runtime-error'
      ? { errorCode: 'E_TOOL_BUSY', detail: 'the tool is taken by another session' }
      : {}),
  });
  if (outcome === 'offline') return [request, end];
  const command = monitorEvent('relay.rpc.command_sent', startMs + 14, { ...common, bytes: 460 });
  if (outcome !== 'answered' && outcome !== 'runtime-error') return [request, command, end];
  const { clientId: _, ...ofRuntime } = common;
  const progress = monitorEvent('relay.rpc.progress', startMs + Math.round(durationMs / 2), {
    ...common,
    progress: 4,
    detail: 'last seq 4',
  });
  const message = monitorEvent('relay.websocket.message', startMs + durationMs - 9, {
    ...ofRuntime,
    bytes: 1830,
  });
  return durationMs < 1000 ? [request, command, message, end] : [request, command, progress, message, end];
}

/** An hour of a small town's traffic that ends at a moment, oldest first; the same for the same moment. */
export function busyHour(endMs: number): MonitorEvent[] {
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const gateways = ['gw_7F3KQ2M9ZT4XA', 'gw_V2C8D5NP6WERJ', 'gw_0B1HXK7YQSG3M'] as const;
  const methods = ['chat.send', 'sessions.list', 'agent.status', 'tools.invoke', 'chat.history'];
  const startMs = endMs - 3_540_000;
  const events = gateways.flatMap((gatewayId, index) => [
    monitorEvent('relay.register.created', startMs + index * 9000, {
      gatewayId,
      ...NAMES.get(gatewayId),
      outcome: 'created',
      status: 201,
    }),
    monitorEvent('relay.websocket.connected', startMs + index * 9000 + 640, {
      gatewayId,
      ...NAMES.get(gatewayId),
    }),
    monitorEvent('relay.redeem.success', startMs + index * 9000 + 21_000, {
      gatewayId,
      clientId: `client_${index}`,
      outcome: 'success',
      status: 200,
    }),
  ]);
  events.push(
    monitorEvent('relay.redeem.failed', startMs + 300_000, {
      outcome: 'failed',
      status: 404,
      detail: 'unknown, expired or used code',
    }),
  );
  for (let minute = 0; minute < 59; minute += 1) {
    const load = Math.round(2 + 4 * (1 + Math.sin(minute / 7)) + random() * 4);
    for (let call = 0; call < load; call += 1) {
      const chance = random();
      const outcome =
        chance < 0.91
          ? 'answered'
          : pick<Outcome>([
              'runtime-error',
              'timed-out',
              'runtime-error',
              'offline',
              'disconnected',
              'cancelled',
            ]);
      const durationMs = Math.round(
        60 + 900 * random() ** 4 + (random() < 0.06 ? 1400 : 0) + (outcome === 'timed-out' ? 30_000 : 0),
      );
      const atMs = Math.min(startMs + minute * 60_000 + random() * 55_000, endMs - durationMs - 500);
      events.push(
        ...callEvents(`rpc_${minute}x${call}k7`, Math.round(atMs), {
          gatewayId: outcome === 'offline' ? gateways[2] : pick(gateways.slice(0, 2)),
          method: pick(methods),
          outcome,
          durationMs,
        }),
      );
    }
  }
  events.push(
    monitorEvent('relay.websocket.disconnected', startMs + 45_000, {
      gatewayId: gateways[2],
      ...NAMES.get(gateways[2]),
      detail: 'closed with 1001',
    }),
  );
  return events.sort((a, b) => (a.id < b.id ? -1 : 1));
}
