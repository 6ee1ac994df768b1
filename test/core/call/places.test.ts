import { callSweep, callsUnderWay } from '../../../lambdas/core/call/calls-under-way';
import { Places } from '../../../lambdas/core/call/places';
import { leaseIdOf } from '../../../lambdas/core/call/seen-calls';
import { shortMs } from '../../../lambdas/core/call/waiting';
import { memoryWorld, t0 } from '../../support/memory/world';

/** A gateway with an App that opens calls; each is waited for by one function. */
async function scene() {
  const relay = memoryWorld();
  const runtime = await relay.runtime();
  const app = await relay.app(runtime);
  let serial = 0;
  const waiter = async (streams: boolean, client = app.client) => {
    const call = await relay.opened(client.gatewayId, client.clientId);
    const mark = String(++serial).padStart(4, '0');
    return { call, places: new Places(relay, client, call, { id: 'id', mark, streams }) };
  };
  const held = async () => (await relay.clients.list(app.client.gatewayId, t0))[0]!;
  return { relay, runtime, app, waiter, held };
}

test('the seventeenth stream of a client is refused with the time to wait, until one has ended', async () => {
  const { waiter } = await scene();
  const open = await Promise.all(Array.from({ length: 16 }, () => waiter(true)));
  for (const { places } of open) await places.take();
  const { places } = await waiter(true);
  await expect(places.take()).rejects.toMatchObject({
    code: 'rate_limited',
    details: { id: 'id', retryAfterMs: expect.any(Number) },
  });
  await open[3]!.places.giveBack();
  await places.take();
});

test('a function that crashed frees its place when the deadline of its call is over', async () => {
  const { relay, waiter } = await scene();
  for (let n = 0; n < 16; n++) await (await waiter(true)).places.take();
  await relay.clock.sleep(36_000);
  await (await waiter(true)).places.take();
});

test('a short call takes no place; one that goes on does, once, and gives it back', async () => {
  const { relay, waiter, held } = await scene();
  const { places } = await waiter(false);
  const hold = jest.spyOn(relay.clients, 'hold');
  await relay.clock.sleep(shortMs - 1);
  await places.takeWhenLong();
  expect(hold).not.toHaveBeenCalled();
  await relay.clock.sleep(1);
  await places.takeWhenLong();
  await places.takeWhenLong();
  expect(hold).toHaveBeenCalledTimes(1);
  expect((await held()).calls).toHaveLength(1);
  await places.giveBack();
  await places.takeWhenLong();
  expect((await held()).calls).toEqual([]);
});

test('the 65th call that is waited for is refused, and a further one before it is opened', async () => {
  const { relay, app, waiter, held } = await scene();
  for (let n = 0; n < 64; n++) await (await waiter(false)).places.take();
  const { places } = await waiter(false);
  await expect(places.take()).rejects.toMatchObject({ code: 'rate_limited' });
  const known = new Places(relay, await held(), await relay.opened(app.client.gatewayId, app.clientId), {
    id: 'id',
    mark: 'mark',
    streams: false,
  });
  await expect(known.requireRoom()).rejects.toThrow('64 calls under way');
});

test('a gateway has 256 calls under way, beyond the first eight of each client', async () => {
  const { relay, runtime, waiter } = await scene();
  const clients = [];
  for (let n = 0; n < 5; n++) {
    const code = { codeHash: `code ${n}`, gatewayId: runtime.gatewayId, expiresAtMs: t0 + 1 };
    await relay.pairings.issueCode(code, undefined);
    const times = { createdAtMs: t0, lastUsedAtMs: t0, expiresAtMs: t0 + 1e9 };
    const lists = { sockets: [], calls: [], streams: [] };
    const ids = { gatewayId: runtime.gatewayId, clientId: `cl_${n}`, tokenHash: 'hash', label: 'Phone' };
    const client = { ...ids, ...times, ...lists };
    await relay.pairings.redeem(code, client, t0);
    clients.push(client);
  }
  for (const client of clients.slice(0, 4))
    for (let n = 0; n < 64; n++) await (await waiter(false, client)).places.take();
  for (let n = 0; n < 8; n++) await (await waiter(false, clients[4])).places.take();
  // The first eight of a client are never refused for the others' sake: 32 times eight are the quota.
  const { places } = await waiter(false, clients[4]);
  await expect(places.take()).rejects.toMatchObject({ code: 'rate_limited' });
  const all = await relay.clients.list(runtime.gatewayId, t0);
  expect(all.flatMap(({ calls }) => calls)).toHaveLength(264);
});

test('a table that cannot be written delays no call, and is asked again a second later', async () => {
  const { relay, waiter } = await scene();
  const { places } = await waiter(false);
  const hold = jest.spyOn(relay.clients, 'hold').mockRejectedValueOnce(new Error('throttled'));
  await relay.clock.sleep(shortMs);
  await places.takeWhenLong();
  await places.takeWhenLong();
  expect(hold).toHaveBeenCalledTimes(1);
  await relay.clock.sleep(1_000);
  await places.takeWhenLong();
  expect(hold).toHaveBeenCalledTimes(2);
});

test('what a gateway has under way is found by its clients, and taken away or removed with them', async () => {
  const { relay, runtime, waiter } = await scene();
  const waiting = [await waiter(false), await waiter(true), await waiter(false)];
  for (const { places } of waiting.slice(0, 2)) await places.take();
  const keys = waiting.slice(0, 2).map(({ call }) => call.callKey);
  const found = async () =>
    (await callsUnderWay(relay, runtime.gatewayId, t0)).map(({ callKey }) => callKey).sort();
  expect(await found()).toEqual([...keys].sort());
  const sweep = callSweep(relay);
  const socket = { connectionId: runtime.socket, connectedAtMs: t0 };
  await sweep.withdrawAll(runtime.gatewayId, [socket], t0);
  const sentTo = await Promise.all(keys.map(async (key) => (await relay.calls.read(key, t0))?.sentTo));
  expect(sentTo).not.toContain(runtime.socket);
  await sweep.removeAll(runtime.gatewayId, await relay.clients.list(runtime.gatewayId, t0));
  expect(await found()).toEqual([]);
});

test('64 calls that ended on sockets, whose places nobody gave back, keep no place from those who wait', async () => {
  const { relay, app, waiter, held } = await scene();
  for (let n = 0; n < 64; n++) {
    const call = await relay.opened(app.client.gatewayId, app.clientId);
    await relay.clients.hold(app.client, { calls: { id: leaseIdOf(call), untilMs: t0 + 60_000 } }, t0);
    await relay.stores.calls.end(call, { outcome: 'answered', atMs: t0 }, { waiter: true });
  }
  const known = await held();
  const waiters = await Promise.all(Array.from({ length: 10 }, (_, n) => waiter(n % 2 === 0, known)));
  await Promise.all(waiters.map(({ places }) => places.requireRoom()));
  await Promise.all(waiters.map(({ places }) => places.take()));
  expect((await held()).streams).toHaveLength(5);
});
