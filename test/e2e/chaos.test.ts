/**
 * 2,000 calls of 20 Apps to 10 runtimes while sockets are cut, functions are restarted and AWS calls fail. Seeded:
 * CHAOS_SEED repeats the same faults.
 */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { callKeyOf, outcomes } from '../../lambdas/core/calls';
import { faults, latency, seededRandom, together } from '../../local/disturbance';
import { call, type Paired, redeem, register, request } from '../support/api';
import { type Relay, startRelay } from '../support/relay';
import { TirelessRuntime } from '../support/tireless-runtime';

const seed = Number(process.env.CHAOS_SEED ?? 1);
const random = seededRandom(seed);
const callsInAll = 2_000;
const atOncePerApp = 5;

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
  await relay.host.functions.warm();
});
afterAll(() => relay.stop());

interface Ended {
  app: Paired;
  id: string;
  outcome: string;
  result?: unknown;
  code?: unknown;
}

/** A call and its retries under one id, until it has a named outcome. */
async function callUntilEnded(app: Paired, id: string): Promise<Ended> {
  const body = { method: 'work', params: { id, to: app.gatewayId }, id, timeoutMs: 4_000 };
  for (let tries = 0; tries < 60; tries++) {
    const answer = await call(relay.url, app, body).catch(() => undefined);

    const outcome = answer?.headers.get('x-call-outcome');
    if (answer && outcome)
      return { app, id, outcome, result: answer.body.result, code: answer.body.error?.code };
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * 100));
  }
  return { app, id, outcome: 'silence' };
}

/** What a runtime does: mostly answers, sometimes late, with an error, or not at all. */
async function work(command: { params: { id: string; to: string } }) {
  const dice = random();
  if (dice < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 300));
  if (dice < 0.02) return undefined;
  if (dice < 0.06) return { error: { code: 42, message: command.params.id } };
  return { result: command.params };
}

function startChaos(): () => void {
  const { host } = relay;
  host.aws.disturb = together(
    latency({ dynamodb: { p50Ms: 1, p99Ms: 20 }, 'execute-api': { p50Ms: 1, p99Ms: 40 } }, seed),
    faults(
      { rate: 0.03, calls: ['dynamodb'], status: 400, code: 'ProvisionedThroughputExceededException' },
      seed + 1,
    ),
    faults({ rate: 0.02, calls: ['dynamodb'] }, seed + 2),
    faults({ rate: 0.02, calls: ['dynamodb'], afterEffect: true }, seed + 3),
    faults({ rate: 0.02, calls: ['execute-api'] }, seed + 4),
    faults({ rate: 0.02, calls: ['execute-api'], status: 429, code: 'LimitExceededException' }, seed + 5),
    faults({ rate: 0.02, calls: ['execute-api'], afterEffect: true }, seed + 6),
  );
  const cut = setInterval(() => {
    const open = host.connections.list();
    const chosen = open[Math.floor(random() * open.length)];
    if (chosen) host.connections.cut(chosen.connectionId);
  }, 600);
  const restartable = host.functions.definitions
    .map(({ logicalId }) => logicalId)
    .filter((name) => /^(Rpc|Socket)/.test(name));
  const restart = setInterval(() => {
    void host.functions.restart(restartable[Math.floor(random() * restartable.length)]);
  }, 3_000);
  return () => {
    clearInterval(cut);
    clearInterval(restart);
    host.aws.disturb = undefined;
  };
}

test(`every call ends in a named outcome, none crosses, none runs twice (seed ${seed})`, async () => {
  const runtimes: TirelessRuntime[] = [];
  const apps: Paired[] = [];
  for (let n = 0; n < 10; n++) {
    const registered = await register(relay.url);
    const runtime = new TirelessRuntime(registered, work, { reconnectMs: () => random() * 500 });
    await runtime.connected();
    runtimes.push(runtime);
    apps.push(await redeem(relay.url, registered.accessCode));
    const more = { credential: registered.relaySecret, body: {} };
    apps.push(
      await redeem(relay.url, (await request(relay.url, 'POST /api/relay/codes', more)).body.accessCode),
    );
  }

  const stopChaos = startChaos();
  let next = 0;
  const workers = apps.flatMap((app) =>
    Array.from({ length: atOncePerApp }, async () => {
      const ended: Ended[] = [];
      while (next < callsInAll) ended.push(await callUntilEnded(app, `c-${next++}`));
      return ended;
    }),
  );
  const ended = (await Promise.all(workers)).flat();
  stopChaos();
  for (const runtime of runtimes) runtime.stop();

  // Every call ended, under a word of the table.
  expect(ended).toHaveLength(callsInAll);
  const count = new Map<string, number>();
  for (const { outcome } of ended) count.set(outcome, (count.get(outcome) ?? 0) + 1);
  if (process.env.SHOW_CHAOS) console.log(seed, Object.fromEntries(count));
  for (const outcome of count.keys()) expect(Object.keys(outcomes)).toContain(outcome);
  // The chaos was no fiction, and did not stop the work.
  expect(count.get('answered')).toBeGreaterThan(callsInAll * 0.5);

  // No answer crossed to another call.
  for (const { id, app, outcome, result, code } of ended) {
    if (outcome === 'answered') expect(result).toEqual({ id, to: app.gatewayId });
    if (outcome === 'runtime-error') expect(code).toBe(42);
  }

  // No command was posted twice, and none ran twice.
  for (const runtime of runtimes) {
    expect([...runtime.posted].filter(([, times]) => times > 1)).toEqual([]);
    expect(new Set(runtime.ran).size).toBe(runtime.ran.length);
  }
  const ranCalls = runtimes.flatMap(({ ran }) =>
    ran.map((id) => id.slice('rpc_'.length, -'12345678'.length)),
  );
  expect(new Set(ranCalls).size).toBe(ranCalls.length);

  // Apps, runtimes and rows agree, call by call.
  const rows = await readRows(ended);
  const keysThatRan = new Set(ranCalls);
  for (const { app, id, outcome } of ended) {
    const key = keyOf(app, id);
    expect([id, rows.get(key)]).toEqual([id, outcome]);
    if (outcome === 'answered' || outcome === 'runtime-error') expect(keysThatRan).toContain(key);
  }
  expect(rows.size).toBe(callsInAll);
  for (const key of keysThatRan) expect(rows.has(key)).toBe(true);
}, 90_000);

const keyOf = (app: Paired, id: string) => callKeyOf(app.gatewayId, app.clientId, id);

/** The outcome in each call's row; a row without one is past its deadline by now. */
async function readRows(ended: Ended[]): Promise<Map<string, string>> {
  const { aws } = relay.host;
  const table = aws.resolver
    .ofType('AWS::DynamoDB::Table')
    .map(({ logicalId }) => logicalId)
    .find((name) => name.includes('Rpcs'))!;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: aws.dynamodbUrl, region: 'us-east-1', credentials });
  const rows = new Map<string, string>();
  for (const { app, id } of ended) {
    const callKey = keyOf(app, id);
    const Key = { callKey: { S: callKey }, item: { S: 'call' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: aws.resolver.ref(table), Key }));
    if (Item) rows.set(callKey, Item.outcome?.S ?? 'timed-out');
  }
  client.destroy();
  return rows;
}
