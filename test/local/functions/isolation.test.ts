import { Duration, type Stack } from 'aws-cdk-lib';
import { isolatedEnvironments } from '../../../local/functions/environments';
import type { FunctionThread } from '../../../local/functions/function-thread';
import { type Host, startHost } from '../../../local/host';
import { FixtureLog } from '../fixture-client';
import { fixtureAssembly, fixtureFunction } from '../fixture-stack';

let host: Host;
let log: FixtureLog;
afterEach(() => host?.stop());

/** Starts an isolating host of functions and gives the logical ids in their order. */
async function run(build: (stack: Stack) => void): Promise<string[]> {
  log = new FixtureLog();
  host = await startHost({ assembly: fixtureAssembly(build), isolate: true, onLog: log.write });
  return host.functions.definitions.map(({ logicalId }) => logicalId);
}

const invoke = async (id: string, event: unknown = {}) => {
  const outcome = await host.functions.invoke(id, event);
  return outcome.kind === 'ok' ? outcome.payload : outcome;
};

test('an environment serves one invocation at a time: those at the same time have one each, later ones use them again', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(
      stack,
      'Count',
      `globalThis.running = (globalThis.running ?? 0) + 1;
       const together = globalThis.running;
       await new Promise((r) => setTimeout(r, 50));
       globalThis.running--;
       globalThis.served = (globalThis.served ?? 0) + 1;
       return { together, served: globalThis.served };`,
    );
  });
  expect(host.functions.temperature(id!)).toBe('cold');
  const first = await Promise.all([1, 2, 3].map(() => invoke(id!)));
  expect(first).toEqual([1, 2, 3].map(() => ({ together: 1, served: 1 })));
  expect([host.functions.environmentsOf(id!), host.functions.temperature(id!)]).toEqual([3, 'warm']);
  expect([await invoke(id!), await invoke(id!)]).toEqual([
    { together: 1, served: 2 },
    { together: 1, served: 3 },
  ]);
  expect(host.functions.environmentsOf(id!)).toBe(3);
});

test('between two invocations nothing runs: no timer goes off until the next one', async () => {
  const [frozen, other] = await run((stack) => {
    fixtureFunction(
      stack,
      'Frozen',
      `if (event.first) { setTimeout(() => console.log('the timer went off'), 1); return 'left'; }
       await new Promise((r) => setTimeout(r, 20));
       return 'thawed';`,
    );
    fixtureFunction(stack, 'Other', 'await new Promise((r) => setTimeout(r, 100)); return "waited"');
  });
  const wentOff = () => log.lines.some(({ line }) => line === 'the timer went off');
  expect(await invoke(frozen!, { first: true })).toBe('left');
  expect([await invoke(other!), wentOff()]).toEqual(['waited', false]);
  expect([await invoke(frozen!), wentOff()]).toEqual(['thawed', true]);
});

test('a time-out ends its own environment and no other', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(
      stack,
      'Hang',
      `if (event.hang) await new Promise(() => {});
       globalThis.served = (globalThis.served ?? 0) + 1;
       return globalThis.served;`,
      { timeout: Duration.seconds(1) },
    );
  });
  expect(await Promise.all([invoke(id!, { hang: true }), invoke(id!)])).toEqual([
    expect.objectContaining({ kind: 'function-error' }),
    1,
  ]);
  expect(host.functions.environmentsOf(id!)).toBe(1);
  expect(await invoke(id!)).toBe(2);
});

test('a frozen environment ends with a restart and with the host', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'One', 'return globalThis.seen ? "old" : ((globalThis.seen = true), "new")');
  });
  expect(host.functions.slowestStartMs).toBe(0);
  await host.functions.warm();
  expect(host.functions.slowestStartMs).toBeGreaterThan(0);
  expect(host.functions.temperature(id!)).toBe('warm');
  expect([await invoke(id!), await invoke(id!)]).toEqual(['new', 'old']);
  await host.functions.restart(id);
  expect([host.functions.environmentsOf(id!), await invoke(id!)]).toEqual([0, 'new']);
  await host.stop();
  expect(await invoke(id!)).toMatchObject({ error: { errorMessage: 'The local host has stopped' } });
});

test('over their number, invocations wait for an environment in the order in which they came', () => {
  let made = 0;
  const start = () => {
    made++;
    return { state: 'warm', terminate: async () => {} } as unknown as FunctionThread;
  };
  const environments = isolatedEnvironments(start, 2);
  const taken: Array<[name: string, thread: FunctionThread]> = [];
  for (const name of ['a', 'b', 'c', 'd']) environments.take((thread) => taken.push([name, thread]));
  expect([made, taken.map(([name]) => name)]).toEqual([2, ['a', 'b']]);
  environments.release(taken[1]![1], 'done');
  expect([made, taken.map(([name]) => name), taken[2]![1] === taken[1]![1]]).toEqual([
    2,
    ['a', 'b', 'c'],
    true,
  ]);
  environments.release(taken[0]![1], 'forsaken');
  expect([made, taken.map(([name]) => name)]).toEqual([3, ['a', 'b', 'c', 'd']]);
});
