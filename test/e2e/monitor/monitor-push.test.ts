import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { batchIds } from '../../../lambdas/core/monitor/event-batch';
import type { MonitorEvent } from '../../../lambdas/core/monitor/monitor-events';
import { call, type Paired, redeem, register } from '../../support/api';
import { history, openViewer, type Viewer } from '../../support/monitor/monitor';
import { isolate, type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
let runtimes: TestRuntime[] = [];
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.close()));
  await relay.stop();
});

async function pair(): Promise<Paired> {
  const registered = await register(relay.url);
  runtimes = [...runtimes, await TestRuntime.connect(registered, echo)];
  return redeem(relay.url, registered.accessCode);
}

const rpcsOf = (events: MonitorEvent[], method: string) => events.filter((event) => event.method === method);

/** When an event was written: the beginning of its id. */
const writtenAtMs = (id: string) => Number.parseInt(id.slice(0, 9), 36);

/** Every event of a method out of the history, whatever its length. */
async function wholeHistory(method: string): Promise<MonitorEvent[]> {
  const found: MonitorEvent[] = [];
  for (let query = '?limit=500'; ; ) {
    const { events, nextBefore } = await history(relay.url, query);
    found.push(...rpcsOf(events, method));
    if (nextBefore === undefined) return found;
    query = `?limit=500&before=${nextBefore}`;
  }
}

/** What a viewer has got of a method once it has got so many: of one that was too slow for this machine and lost its socket, what it had. */
async function arrivalsOf(viewer: Viewer, method: string, count: number) {
  const all = viewer.until((events) => rpcsOf(events, method).length >= count);
  const stayed = await all.then(
    () => true,
    () => false,
  );
  return { events: rpcsOf(viewer.events, method), stayed };
}

test('of 200 events a second each of 20 viewers gets each once, in the order of writing within a gateway', async () => {
  const apps = await Promise.all(Array.from({ length: 5 }, pair));
  const calls = 150;
  // A call is four events: one every 20 ms makes 200 events a second.
  const load = async (method: string) => {
    const answers = Array.from({ length: calls }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 20));
      return call(relay.url, apps[n % apps.length]!, { method, params: n });
    });
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  };
  // Where each invocation has an environment of its own, the many that this takes are there before anybody watches.
  if (isolate) await load('warm');
  const viewers = await Promise.all(Array.from({ length: 20 }, () => openViewer(relay.url)));
  await load('load');
  const seen = await Promise.all(viewers.map((viewer) => arrivalsOf(viewer, 'load', calls * 4)));
  const known = new Map((await wholeHistory('load')).map((event) => [event.id, event]));
  expect(known.size).toBe(calls * 4);
  // Three seconds are what a viewer's socket is given to take a frame: on a busy machine some may lose theirs, never all.
  expect(seen.some(({ stayed }) => stayed)).toBe(true);
  for (const { events, stayed } of seen) {
    if (stayed) expect(events).toHaveLength(calls * 4);
    for (const event of events) expect(known.get(event.id)).toEqual(event);
    for (const app of apps) {
      const ids = events.filter(({ gatewayId }) => gatewayId === app.gatewayId).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      // Functions that write within the same moments may be told the other way round.
      for (const [n, id] of ids.entries())
        expect(writtenAtMs(id)).toBeGreaterThan(writtenAtMs(ids[n - 1] ?? id) - 1_000);
    }
  }
  for (const viewer of viewers) viewer.close();
  await Promise.all(viewers.map(({ closed }) => closed));
  // Their places are free once their ends are handled.
  await Promise.all(relay.host.webSockets.map((api) => api.settled()));
}, 60_000);

test('a row that cannot be read is set apart, and the events around it arrive', async () => {
  const app = await pair();
  const viewer = await openViewer(relay.url);
  const { aws } = relay.host;
  // As a function that writes events: what passes the engine alone is told to no stream.
  const writer = relay.host.functions.definitions.find(({ logicalId }) => logicalId.startsWith('Rpc'))!;
  const environment = aws.environmentFor(writer.logicalId);
  const client = new DynamoDBClient({
    endpoint: aws.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: environment.AWS_ACCESS_KEY_ID!, secretAccessKey: 'test' },
  });
  const nextId = batchIds((count) => new Uint8Array(count));
  await call(relay.url, app, { method: 'before', params: 1 });
  for (const shardId of ['s0', 's1', 's2', 's3']) {
    const Item = { shardId: { S: shardId }, batchId: { S: nextId(Date.now()) }, events: { S: 'poison' } };
    await client.send(new PutItemCommand({ TableName: aws.resolver.ref('MonitorEventsTable'), Item }));
  }
  await call(relay.url, app, { method: 'after', params: 1 });
  await viewer.until(
    (events) => rpcsOf(events, 'after').length === 4 && rpcsOf(events, 'before').length === 4,
  );
  const queue = aws.resolver
    .ofType('AWS::SQS::Queue')
    .find(({ logicalId }) => logicalId.startsWith('MonitorPushFailures'))!;
  expect(aws.messages(queue.logicalId).join('')).toContain('RetryAttemptsExhausted');
  client.destroy();
  viewer.close();
});
