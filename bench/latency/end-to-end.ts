/** The model's word checked: real calls through the local host, with the model's latencies put upon it. */
import { setTimeout as pause } from 'node:timers/promises';
import { latency } from '../../local/aws/disturbance';
import type { HostOptions } from '../../local/host';
import { call } from '../../test/support/api';
import { TestRuntime } from '../../test/support/runtime';
import { type Spread, spreadOf } from '../figures/statistics';
import { startMeteredRelay } from '../metering/metered-relay';
import { pairUp } from '../metering/rpc-path';
import { drawHops, hops } from './hops';

/** What the local host showed for runtimes of one speed. */
export interface EndToEndRow {
  /** By HTTP, or on the App's socket. */
  way: 'relay' | 'push';
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
      progress(`${calls} calls to a runtime of ${runtimeMs} ms, each way`);
      const { app, runtime } = await pairUp(relay, ({ id }, self) => {
        setTimeout(() => self.reply(id, 'done'), runtimeMs);
      });
      const socket = await TestRuntime.connectApp(app);
      const ways = {
        relay: async () => (await call(relay.url, app, { method: 'bench' })).status === 200,
        push: async () => (await socket.ask('bench')).ok,
      };
      for (const [way, ask] of Object.entries(ways) as Array<[EndToEndRow['way'], () => Promise<boolean>]>) {
        await ask();
        relay.host.aws.disturb = latency(
          { dynamodb: hops.dynamodb, 'execute-api': hops.post, sqs: hops.queue },
          12,
        );
        const added: number[] = [];
        const caller = async () => {
          while (added.length < calls) {
            const startedAt = performance.now();
            if (!(await ask())) throw new Error('A call had no result.');
            added.push(performance.now() - startedAt - runtimeMs);
          }
        };
        await Promise.all(Array.from({ length: atOnce }, caller));
        relay.host.aws.disturb = undefined;
        rows.push({ way, runtimeMs, calls: added.length, added: spreadOf(added) });
      }
      await Promise.all([runtime.close(), socket.close()]);
    }
  } finally {
    await relay.stop();
  }
  return rows;
}
