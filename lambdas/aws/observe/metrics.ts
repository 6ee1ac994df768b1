/**
 * Metrics in CloudWatch's embedded format: a line on standard output, which CloudWatch Logs turns into metrics. Nothing
 * is called and nobody waits. Each pair of a metric and a dimension's value is one metric on the bill, so there are few.
 */
import type { EventType, NewEvent } from '../../core/monitor/monitor-events';
import { env } from '../env';

/** Where every metric lies; its dimension `Deployment` is the stack's name. */
const namespace = 'AgentTownPairing';

/** One value of a metric, with the one dimension that it may have besides the deployment. */
export interface Measurement {
  name: 'Calls' | 'CallTime' | 'WaitReads' | 'Redeems' | 'Connects' | 'Disconnects' | 'Faults' | 'FanOutAge';
  unit: 'Count' | 'Milliseconds';
  value: number;
  by?: { Outcome: string } | { Reason: string };
}

/** Writes measurements, a line for each. */
export function measure(...measurements: Measurement[]): void {
  // `console.log` would put a prefix before the line, and then it is no metric.
  for (const measurement of measurements) process.stdout.write(`${lineOf(measurement, Date.now())}\n`);
}

/** One measurement as the embedded format has it. Times are epoch milliseconds. */
export function lineOf({ name, unit, value, by = {} as never }: Measurement, nowMs: number): string {
  const dimensions = ['Deployment', ...Object.keys(by)];
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        { Namespace: namespace, Dimensions: [dimensions], Metrics: [{ Name: name, Unit: unit }] },
      ],
    },
    Deployment: process.env[env.deployment] ?? 'unknown',
    ...by,
    [name]: value,
  });
}

/** How a call ended, by the type of its event. */
const callOutcomes: Partial<Record<EventType, string>> = {
  'relay.rpc.success': 'answered',
  'relay.rpc.error': 'runtime-error',
  'relay.rpc.timeout': 'timed-out',
  'relay.rpc.offline': 'offline',
  'relay.rpc.disconnected': 'disconnected',
  'relay.rpc.cancelled': 'cancelled',
};

const counted: Partial<Record<EventType, Pick<Measurement, 'name'> & { outcome: string }>> = {
  'relay.redeem.success': { name: 'Redeems', outcome: 'success' },
  'relay.redeem.failed': { name: 'Redeems', outcome: 'failed' },
  'pairing.redeem.success': { name: 'Redeems', outcome: 'success' },
  'pairing.redeem.failed': { name: 'Redeems', outcome: 'failed' },
  'relay.websocket.connected': { name: 'Connects', outcome: 'connected' },
  'relay.websocket.denied': { name: 'Connects', outcome: 'denied' },
};

/** What a monitor event is worth as metrics: the same moments, counted. */
export function measurementsOf({ type, durationMs }: Pick<NewEvent, 'type' | 'durationMs'>): Measurement[] {
  const outcome = callOutcomes[type];
  if (outcome) {
    const calls: Measurement = { name: 'Calls', unit: 'Count', value: 1, by: { Outcome: outcome } };
    return durationMs === undefined
      ? [calls]
      : [calls, { name: 'CallTime', unit: 'Milliseconds', value: durationMs }];
  }
  const count = counted[type];
  return count ? [{ name: count.name, unit: 'Count', value: 1, by: { Outcome: count.outcome } }] : [];
}

/** Why a socket closed, by the code that API Gateway reports. */
export function disconnectReason(code: number | undefined): string {
  const reasons: Record<number, string> = {
    1000: 'closed',
    1005: 'closed',
    // API Gateway's own word for the idle and the age limit, and a peer's for going away.
    1001: 'expired-or-away',
    1006: 'lost',
    1009: 'too-large',
  };
  return reasons[code ?? 1006] ?? 'other';
}
