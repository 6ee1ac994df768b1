import { call, redeem, register } from '../../support/api';
import { type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
const waiting: Array<() => void> = [];
const lines: string[] = [];
beforeAll(async () => {
  relay = await startRelay({
    onLog: ({ line }) => {
      lines.push(line);
      for (const wake of waiting.splice(0)) wake();
    },
  });
});
afterAll(() => relay.stop());

/** Waits for a metric in the functions' log and gives its line. */
async function measured(name: string): Promise<Record<string, unknown>> {
  for (;;) {
    const found = lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line));
    const line = found.find((metric) => name in metric);
    if (line) return line;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

test('a pairing, a call and a socket that closes are measured, by the words of their outcomes', async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  await call(relay.url, app, { method: 'echo', params: 1 });
  await runtime.close();
  expect(await measured('Connects')).toMatchObject({ Connects: 1, Outcome: 'connected' });
  expect(await measured('Redeems')).toMatchObject({ Redeems: 1, Outcome: 'success' });
  expect(await measured('Calls')).toMatchObject({
    Calls: 1,
    Outcome: 'answered',
    Deployment: 'AgentTownPairing',
  });
  expect(await measured('CallTime')).toMatchObject({ CallTime: expect.any(Number) });
  expect((await measured('WaitReads')).WaitReads).toBeGreaterThan(0);
  expect(await measured('Disconnects')).toMatchObject({ Disconnects: 1, Reason: 'closed' });
});
