/**
 * Metrics in CloudWatch's embedded format: a line on standard output, which CloudWatch Logs turns into metrics. Nothing
 * is called and nobody waits. Each pair of a metric and a dimension's value is one metric on the bill, so there are few.
 */
import type { EventType, NewEvent } from '../../core/monitor/monitor-events';
import { outcomeOfEvent } from '../../core/wire/outcomes';
import { env } from '../env';
import {
  type ConnectOutcome,
  type DisconnectReason,
  metricNamespace,
  type RedeemOutcome,
} from './metric-names';

/** One value of a metric, with the one dimension that it may have besides the deployment. */
export interface Measurement {
  name: 'Calls' | 'CallTime' | 'WaitReads' | 'Redeems' | 'Connects' | 'Disconnects' | 'Faults' | 'FanOutAge';
  unit: 'Count' | 'Milliseconds';
  value: number;
  by?: { Outcome: string } | { Reason: string };
}

/** Writes measurements, as few lines as they fit in: each byte of the log is on the bill. */
export function measure(...measurements: Measurement[]): void {
  // `console.log` would put a prefix before the line, and then it is no metric.
  for (const line of linesOf(measurements, Date.now())) process.stdout.write(`${line}\n`);
}

/**
 * Measurements as the embedded format has them. A line holds each metric once, and each dimension with one value. Times are
 * epoch milliseconds.
 */
export function linesOf(measurements: Measurement[], nowMs: number): string[] {
  const lines: Line[] = [];
  for (const measurement of measurements) {
    let line = lines.find(({ values }) => fits(values, measurement));
    if (!line) {
      line = { values: {}, measurements: [] };
      lines.push(line);
    }
    Object.assign(line.values, measurement.by, { [measurement.name]: measurement.value });
    line.measurements.push(measurement);
  }
  return lines.map((line) => textOf(line, nowMs));
}

/** A line to be: its metrics and dimensions by name, and what they stand for. */
interface Line {
  values: Record<string, string | number>;
  measurements: Measurement[];
}

function fits(values: Line['values'], { name, by }: Measurement): boolean {
  return !(name in values) && Object.entries(by ?? {}).every(([key, word]) => (values[key] ?? word) === word);
}

function textOf({ values, measurements }: Line, nowMs: number): string {
  const directives = measurements.map(({ name, unit, by }) => ({
    Namespace: metricNamespace,
    Dimensions: [['Deployment', ...Object.keys(by ?? {})]],
    Metrics: [{ Name: name, Unit: unit }],
  }));
  return JSON.stringify({
    _aws: { Timestamp: nowMs, CloudWatchMetrics: directives },
    Deployment: process.env[env.deployment] ?? 'unknown',
    ...values,
  });
}

type Counted = { name: 'Redeems'; outcome: RedeemOutcome } | { name: 'Connects'; outcome: ConnectOutcome };

const counted: Partial<Record<EventType, Counted>> = {
  'relay.redeem.success': { name: 'Redeems', outcome: 'success' },
  'relay.redeem.failed': { name: 'Redeems', outcome: 'failed' },
  'pairing.redeem.success': { name: 'Redeems', outcome: 'success' },
  'pairing.redeem.failed': { name: 'Redeems', outcome: 'failed' },
  'relay.websocket.connected': { name: 'Connects', outcome: 'connected' },
  'relay.websocket.denied': { name: 'Connects', outcome: 'denied' },
};

/** What a monitor event is worth as metrics: the same moments, counted. */
export function measurementsOf(
  event: Pick<NewEvent, 'type' | 'outcome' | 'durationMs' | 'count'>,
): Measurement[] {
  const { type, durationMs } = event;
  const ended = outcomeOfEvent(event);
  if (ended) {
    const calls: Measurement = { name: 'Calls', unit: 'Count', value: 1, by: { Outcome: ended } };
    return durationMs === undefined
      ? [calls]
      : [calls, { name: 'CallTime', unit: 'Milliseconds', value: durationMs }];
  }
  const as = counted[type];
  return as ? [{ name: as.name, unit: 'Count', value: event.count ?? 1, by: { Outcome: as.outcome } }] : [];
}

/** Why a socket closed, by the code that API Gateway reports. */
export function disconnectReason(code: number | undefined): DisconnectReason {
  const reasons: Record<number, DisconnectReason> = {
    1000: 'closed',
    1005: 'closed',
    // API Gateway's own word for the idle and the age limit, and a peer's for going away.
    1001: 'expired-or-away',
    1006: 'lost',
    1009: 'too-large',
  };
  return reasons[code ?? 1006] ?? 'other';
}
