/** Meters what the cost calculation starts from. */
import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../../test/support/api';
import { registrationToken } from '../../test/support/relay';
import type { ActRow } from '../calls/call-report';
import type { MeteredRelay } from '../metering/metered-relay';
import { callOnSocket, type PushMetered, pairOnSocket } from '../metering/push-path';
import { followRpc, type Pair } from '../metering/rpc-path';
import type { CostBasis } from './cost';
import type { Usage } from './prices';

const callsForAverages = 20;
const viewerSeconds = 4;
/** By then the local host has handed a table's changes to the functions that listen. */
const streamDelayMs = 2_500;

/** Meters the calls, an open monitor stream and what the template holds. */
export async function meterCostBasis(
  relay: MeteredRelay,
  pair: Pair,
  acts: readonly ActRow[],
  push: PushMetered,
): Promise<CostBasis> {
  const path = await followRpc(relay, pair);
  const { calls, logLines, invocations } = await relay.measure(async () => {
    for (let n = 0; n < callsForAverages; n += 1) await call(relay.url, pair.app, { method: 'bench' });
    if (relay.streamed.size > 0) await pause(streamDelayMs);
  });
  const streamed = calls.filter(({ caller }) => relay.streamed.has(caller));
  const each = (sum: number) => sum / callsForAverages;
  const waiting = relay.host.functions.definitions.find(
    ({ logicalId }) => logicalId === postingFunction(path),
  );
  const pushPair = await pairOnSocket(relay);
  const pushed = await relay.measure(async () => {
    for (let n = 0; n < callsForAverages; n += 1) await callOnSocket(pushPair, { runtimeMs: 0 });
  });
  return {
    path,
    acts,
    push: {
      path: push.paths[0],
      guard: push.guard,
      logBytes: each(bytesOf(pushed.logLines)),
    },
    memoryMb: waiting?.memoryMb ?? 512,
    logBytesPerCall: each(bytesOf(logLines)),
    platformLogBytes: platformLogBytes(relay),
    fanOut: {
      // At worst, when calls are rare, each call's events come in a batch of their own.
      invocations:
        relay.streamed.size > 0
          ? Math.max(
              1,
              each(
                invocations.filter(({ functionLogicalId }) => relay.streamed.has(functionLogicalId)).length,
              ),
            )
          : 0,
      readUnits: each(streamed.reduce((sum, { readUnits }) => sum + readUnits, 0)),
      writeUnits: each(streamed.reduce((sum, { writeUnits }) => sum + writeUnits, 0)),
    },
    metricsOfCalls: countMetrics(logLines),
    viewer: await meterViewer(relay),
    monthly: monthlyResources(relay),
  };
}

/** START, END and REPORT of a run, about. */
const systemLinesBytes = 330;

/** What Lambda logs of a run that went well: nothing where every function's system level is above INFO. */
function platformLogBytes({ host }: MeteredRelay): number {
  const functions = host.aws.resolver.ofType<{ LoggingConfig?: { SystemLogLevel?: string } }>(
    'AWS::Lambda::Function',
  );
  const levels = functions.map(({ properties }) => properties.LoggingConfig?.SystemLogLevel ?? 'INFO');
  return levels.every((level) => level === 'WARN') ? 0 : systemLinesBytes;
}

function postingFunction({ measured }: CostBasis['path']): string | undefined {
  return measured.calls.find(({ operation }) => operation === 'PostToConnection')?.caller;
}

/** How many custom metrics lines in CloudWatch's embedded format stand for: one for each name and dimensions. */
export function countMetrics(logLines: readonly string[]): number {
  const seen = new Set<string>();
  for (const line of logLines.filter((text) => text.includes('"_aws"'))) {
    const record = JSON.parse(line.slice(line.indexOf('{')));
    for (const { Dimensions, Metrics } of record._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        for (const set of Dimensions)
          seen.add(JSON.stringify([Name, set.map((name: string) => record[name])]));
      }
    }
  }
  return seen.size;
}

/** An open monitor stream without events, or nothing where the stack has none. */
async function meterViewer({ host, url }: MeteredRelay): Promise<CostBasis['viewer']> {
  const controller = new AbortController();
  const response = await fetch(`${url}/api/monitor/stream`, {
    headers: { authorization: `Bearer ${registrationToken}` },
    signal: controller.signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  // The first second replays what was missed; the seconds after it are the rule.
  await pause(1_000);
  host.aws.meter.reset();
  host.aws.meter.enabled = true;
  await pause(viewerSeconds * 1_000);
  host.aws.meter.enabled = false;
  const { calls } = host.aws.meter;
  controller.abort();
  return {
    readUnitsPerSecond: calls.reduce((sum, { readUnits }) => sum + readUnits, 0) / viewerSeconds,
    writeUnitsPerSecond: calls.reduce((sum, { writeUnits }) => sum + writeUnits, 0) / viewerSeconds,
  };
}

/** What costs by the month, used or not. Tables, functions and APIs cost nothing while nobody calls. */
function monthlyResources({ host }: MeteredRelay): Usage {
  const { resolver } = host.aws;
  const count = (type: string) => resolver.ofType(type).length;
  const alarms = resolver.ofType<{ Metrics?: Array<{ MetricStat?: unknown }> }>('AWS::CloudWatch::Alarm');
  const watched = alarms.map(({ properties }) =>
    properties.Metrics ? properties.Metrics.filter(({ MetricStat }) => MetricStat).length : 1,
  );
  return {
    secretMonth: count('AWS::SecretsManager::Secret'),
    alarmMetricMonth: watched.reduce((sum, metrics) => sum + metrics, 0),
    dashboardMonth: count('AWS::CloudWatch::Dashboard'),
  };
}

/** Lines as CloudWatch takes them in. */
function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}
