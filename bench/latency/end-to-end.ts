/** The model's word checked: real calls through the local host, with the model's latencies put upon it. */
import { setTimeout as pause } from 'node:timers/promises';
import { latency } from '../../local/aws/disturbance';
import type { HostOptions } from '../../local/host';
import { call } from '../../test/support/api';
import { type Spread, spreadOf } from '../figures/statistics';
import { startMeteredRelay } from '../metering/metered-relay';
import { pairUp } from '../metering/rpc-path';
import { drawHops, hops } from './hops';

/** What the local host showed for runtimes of one speed. */
export interface EndToEndRow {
  runtimeMs: number;
  calls: number;
  /** Beyond the runtime's own time. */
  added: Spread;
}

/** How many calls run at the same time: few, so that they do not wait for this machine. */
const atOnce = 4;

/** Makes `calls` calls to a runtime of each speed. */
export async function measureEndToEnd(
  assembly: Pick<HostOptions, 'assembly' | 'directory'>,
  plan: ReadonlyArray<{ runtimeMs: number; calls: number }>,
  progress: (text: string) => void,
): Promise<EndToEndRow[]> {
  const draw = drawHops(11);
  const relay = await startMeteredRelay(assembly, () => pause(draw('invocation')));
  const rows: EndToEndRow[] = [];
  try {
    for (const { runtimeMs, calls } of plan) {
      progress(`${calls} calls to a runtime of ${runtimeMs} ms`);
      const { app, runtime } = await pairUp(relay, ({ id }, self) => {
        setTimeout(() => self.reply(id, 'done'), runtimeMs);
      });
      await call(relay.url, app, { method: 'warm-up' });
      relay.host.aws.disturb = latency({ dynamodb: hops.dynamodb, 'execute-api': hops.post }, 12);
      const added: number[] = [];
      const caller = async () => {
        while (added.length < calls) {
          const startedAt = performance.now();
          const { status } = await call(relay.url, app, { method: 'bench' });
          if (status !== 200) throw new Error(`A call was answered with ${status}.`);
          added.push(performance.now() - startedAt - runtimeMs);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, caller));
      relay.host.aws.disturb = undefined;
      rows.push({ runtimeMs, calls: added.length, added: spreadOf(added) });
      await runtime.close();
    }
  } finally {
    await relay.stop();
  }
  return rows;
}
