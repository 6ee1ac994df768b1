/** A runtime that goes away and comes back: within the grace nothing is lost, and nothing is run twice. */
import { redeem, register, request } from '../../support/api';
import { CountedRuntime } from '../../support/counted-runtime';
import { eventually } from '../../support/eventually';
import { everyRow } from '../../support/memory/tables';
import { type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';
import { callBy, hangUp, socketOf, type Way, ways } from '../../support/ways';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ webSocketLimits: { ageMs: 3_000 } });
});
afterAll(async () => {
  await hangUp();
  await relay.stop();
});

async function paired(way: Way = 'http') {
  const registered = await register(relay.url);
  const app = await redeem(relay.url, registered.accessCode);
  if (way === 'socket') await socketOf(app);
  return { registered, app };
}

/** The newest socket, which is the runtime's: Apps have opened theirs before. */
const connectionOf = () => relay.host.connections.list().at(-1)!.connectionId;

test.each(ways)(
  'by %s: a runtime that drops in mid-call and returns answers what it was asked before',
  async (way) => {
    const { registered, app } = await paired(way);
    const first = await TestRuntime.connect(registered);
    const answer = callBy(way, relay.url, app, { method: 'm' });
    const { id } = await first.command();
    relay.host.connections.cut(connectionOf());
    await first.closed;
    const second = await TestRuntime.connect(registered);
    second.reply(id, 'after all');
    expect((await answer).body.result).toBe('after all');
    await second.close();
  },
);

test.each(ways)(
  'by %s: relay.pending gives back the command of each call that is owed, and of no other',
  async (way) => {
    const { registered, app } = await paired(way);
    const first = await TestRuntime.connect(registered, (command) =>
      command.method === 'done' ? 1 : undefined,
    );
    await callBy(way, relay.url, app, { method: 'done' });
    const long = 'x'.repeat(5_000);
    const [small, large] = [
      callBy(way, relay.url, app, { method: 'small', params: { a: 1 } }),
      callBy(way, relay.url, app, { method: 'large', params: long }),
    ];
    const commands = [await first.command('small'), await first.command('large')];
    relay.host.connections.cut(connectionOf());
    await first.closed;
    const second = await TestRuntime.connect(registered);
    const { calls } = (await second.ask('relay.pending')).result;
    const byMethod = (a: { method: string }, b: { method: string }) => a.method.localeCompare(b.method);
    expect([...calls].sort(byMethod)).toEqual(commands.sort(byMethod));
    for (const { id, params } of calls) second.reply(id, params);
    expect([(await small).body.result, (await large).body.result]).toEqual([{ a: 1 }, long]);
    expect((await second.ask('relay.pending')).result).toEqual({ calls: [] });
    await second.close();
  },
);

test.each(ways)(
  'by %s: a command that met a 410 is not posted again, and the runtime that asks gets it',
  async (way) => {
    const { registered, app } = await paired(way);
    const first = await TestRuntime.connect(registered);
    for (const api of relay.host.webSockets) api.disconnectDelivery = () => 'never';
    relay.host.connections.cut(connectionOf());
    await first.closed;
    const answer = callBy(way, relay.url, app, { method: 'm', params: 5, timeoutMs: 20_000, id: 'unsure' });
    const runtime = new CountedRuntime(registered, (params) => params);
    expect((await answer).body.result).toBe(5);
    expect([...runtime.posted.values()].every((times) => times === 1)).toBe(true);
    expect(runtime.ran).toHaveLength(1);
    for (const api of relay.host.webSockets) api.disconnectDelivery = undefined;
    await runtime.stop();
  },
);

test('a runtime that is gone without a word is found out by whoever asks, at once', async () => {
  const { registered, app } = await paired();
  const runtime = await TestRuntime.connect(registered);
  const status = () => request(relay.url, 'GET /api/relay/status', { credential: app.clientToken });
  expect((await status()).body.connected).toBe(true);
  for (const api of relay.host.webSockets) api.disconnectDelivery = () => 'never';
  relay.host.connections.cut(connectionOf());
  await runtime.closed;
  const { body } = await status();
  for (const api of relay.host.webSockets) api.disconnectDelivery = undefined;
  expect([body.connected, body.connectedSince]).toEqual([false, undefined]);
  expect(body.lastSeenAt).toEqual(expect.any(String));
});

/** How long a call took from a moment on; on a socket SQS counts in whole seconds, and gathers for one. */
const isInTime = (way: Way, tookMs: number) =>
  tookMs >= 10_000 && tookMs < (way === 'http' ? 12_000 : 15_000);

test('503 comes right after the end of the grace, and 502 after that of a drop, both ways', async () => {
  const [{ app: ofNobody }, { registered, app }] = [await paired('socket'), await paired('socket')];
  const runtime = await TestRuntime.connect(registered);
  const endsInTime = async (way: Way, of: typeof app, expected: number, since: () => number) => {
    const { status } = await callBy(way, relay.url, of, { method: way, timeoutMs: 30_000 });
    expect([way, status, isInTime(way, Date.now() - since())]).toEqual([way, expected, true]);
  };
  let droppedAtMs = 0;
  const dropped = ways.map((way) => endsInTime(way, app, 502, () => droppedAtMs));
  for (const way of ways) await runtime.command(way);
  droppedAtMs = Date.now();
  const unheardAtMs = droppedAtMs;
  const unheard = ways.map((way) => endsInTime(way, ofNobody, 503, () => unheardAtMs));
  await runtime.close();
  await Promise.all([...dropped, ...unheard]);
});

test('a runtime that flaps every second answers every call of both ways, each run once', async () => {
  const { registered, app } = await paired('socket');
  const { connections } = relay.host;
  const ofApps = new Set(connections.list().map(({ connectionId }) => connectionId));
  const runtime = new CountedRuntime(registered, (params) => params);
  await runtime.connected();
  // It may be on its way back: then there is nothing to cut, and never the App's. A machine on which a second is too little to run
  // anything is given another.
  let ranAtCut = -1;
  const flap = setInterval(() => {
    const own = connections.list().findLast(({ connectionId }) => !ofApps.has(connectionId));
    if (!own || runtime.ran.length === ranAtCut) return;
    ranAtCut = runtime.ran.length;
    connections.cut(own.connectionId);
  }, 1_000);
  const body = (n: string) => ({ method: 'm', params: n, timeoutMs: 20_000 });
  await Promise.all(
    ways.map(async (way) => {
      for (let n = 0; n < 40; n++) {
        const said = `${way} ${n}`;
        expect((await callBy(way, relay.url, app, body(said))).body.result).toBe(said);
      }
    }),
  );
  clearInterval(flap);
  expect(runtime.ran).toHaveLength(80);
  await runtime.stop();
}, 60_000);

test('calls of both ways flow across many hand-overs of a socket that may live three seconds, none lost, none doubled', async () => {
  const { registered, app } = await paired();
  const runtime = new CountedRuntime(registered, (params) => params);
  await runtime.connected();
  const handOvers = setInterval(() => void runtime.handOver(), 1_000);
  const until = Date.now() + 8_000;
  let calls = 0;
  await Promise.all(
    ways.map(async (way) => {
      while (Date.now() < until) {
        const said = `${way} ${++calls}`;
        const answer = await callBy(way, relay.url, app, { method: 'm', params: said, timeoutMs: 20_000 });
        expect([answer.status, answer.body.result]).toEqual([200, said]);
      }
    }),
  );
  clearInterval(handOvers);
  expect(runtime.ran).toHaveLength(calls);
  expect([...runtime.posted.values()].filter((times) => times > 1)).toEqual([]);
  await runtime.stop();
}, 60_000);

test.each(ways)('by %s: an echo through a fresh socket works right after its handshake', async (way) => {
  const { registered, app } = await paired(way);
  const runtime = await TestRuntime.connect(registered, echo);
  expect((await callBy(way, relay.url, app, { method: 'echo', params: 1 })).body.result).toBe(1);
  await runtime.close();
});

test('a runtime comes and goes though each of its writes meets a transaction', async () => {
  const { registered } = await paired();
  const met = new Set<string>();
  relay.host.aws.disturb = ({ operation }) => {
    if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation) || met.has(operation)) return undefined;
    met.add(operation);
    return [{ kind: 'error', status: 400, code: 'TransactionConflictException' }];
  };
  const runtime = await TestRuntime.connect(registered, echo);
  expect([...met]).toEqual(expect.arrayContaining(['PutItem', 'UpdateItem']));
  const connectionId = connectionOf();
  met.clear();
  await runtime.close();
  const namesSocket = ({ row }: { row: object }) => JSON.stringify(row).includes(connectionId);
  await eventually(async () => ((await everyRow(relay.host)).some(namesSocket) ? undefined : 'forgotten'));
  expect([...met]).toEqual(expect.arrayContaining(['DeleteItem', 'UpdateItem']));
  relay.host.aws.disturb = undefined;
});
