import type { CallWorld } from '../../../lambdas/core/call/deliver-call';
import { Places } from '../../../lambdas/core/call/places';
import { endOfCall, finishCall, startCall } from '../../../lambdas/core/call/run-call';
import { SeenCalls } from '../../../lambdas/core/call/seen-calls';
import type { CallEnd, OpenCall } from '../../../lambdas/core/call/states';
import { shortMs } from '../../../lambdas/core/call/waiting';
import { watchCall } from '../../../lambdas/core/call/watch-call';
import { FakeClock } from '../../support/memory/fake-clock';
import { memoryGuards } from '../../support/memory/memory-guards';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const socket = { connectionId: 'socket-1', connectedAtMs: t0 - 60_000 };
const gateway = {
  gatewayId: 'gw_1',
  secretHash: 'hash',
  runtimeType: 'openclaw',
  displayName: 'Desk',
  capabilities: [],
  createdAtMs: t0,
  sockets: [],
};

const callOf = (more: Partial<OpenCall> = {}): OpenCall => ({
  callKey: 'k'.repeat(22),
  nonce: 'n'.repeat(8),
  gatewayId: 'gw_1',
  clientId: 'cl_1',
  method: 'm',
  digest: 'd',
  sentTo: 'socket-1',
  openedAtMs: t0,
  deadlineMs: t0 + 55_000,
  expiresAtMs: t0 + 655_000,
  ...more,
});

const client = {
  gatewayId: 'gw_1',
  clientId: 'cl_1',
  tokenHash: 'token',
  label: 'Phone',
  createdAtMs: t0,
  lastUsedAtMs: t0,
  expiresAtMs: t0 + 1e9,
  sockets: [],
  calls: [],
  streams: [],
};

async function pairWith(stores: ReturnType<typeof memoryStores>) {
  const code = { codeHash: 'code', gatewayId: 'gw_1', expiresAtMs: t0 + 1 };
  await stores.pairings.issueCode(code, undefined);
  await stores.pairings.redeem(code, client, t0);
}

const noPlaces = { takeWhenLong: async () => {} };

/** A relay in memory with one gateway and one client; `posted` says what reached which socket. */
async function world(post: (connectionId: string) => 'sent' | 'gone' | 'unclear' = () => 'sent') {
  const clock = new FakeClock(t0);
  const stores = memoryStores();
  await stores.gateways.create(gateway);
  await stores.gateways.enter('gw_1', socket, 'hash');
  await pairWith(stores);
  const posted: string[] = [];
  const calls: CallWorld = {
    ...stores,
    guards: memoryGuards(clock).guards,
    clock,
    recorder: { record: () => {}, idle: () => {} },
    sockets: {
      post: async (connectionId) => {
        posted.push(connectionId);
        return post(connectionId);
      },
      probe: async () => 'open',
      close: async () => 'closed',
    },
  };
  return { ...calls, clock, stores, posted, seenCalls: new SeenCalls() };
}

const run = async (relay: Awaited<ReturnType<typeof world>>, call = callOf()) => {
  const prepared = { id: 'id', call, command: '{}', byReference: false };
  const current = (await relay.stores.gateways.read('gw_1'))!;
  const places = new Places(relay, client, call, { id: 'id', mark: 'mark', streams: false });
  const started = await startCall(relay, prepared, current, places);
  return (await endOfCall(finishCall(relay, started, { untilMs: call.deadlineMs }))) as CallEnd;
};

test('a reply is seen within a fifth of the time it took', async () => {
  for (const tookMs of [60, 500, 5_000, 50_000]) {
    const relay = await world();
    const end = { outcome: 'answered', atMs: t0 + tookMs, answer: { result: 1 } } as const;
    relay.clock.at(t0 + tookMs, () => relay.calls.end(callOf(), end, { gatewayId: 'gw_1' }));
    expect((await run(relay)).outcome).toBe('answered');
    expect(relay.clock.now() - t0 - tookMs).toBeLessThanOrEqual(Math.min(250, Math.max(16, tookMs * 0.2)));
  }
});

test('a runtime that leaves and stays away ends the call right at the end of its ten seconds', async () => {
  const relay = await world();
  const leftAtMs = t0 + 3_210;
  relay.clock.at(leftAtMs, () => relay.gateways.leave('gw_1', socket, leftAtMs));
  expect(await run(relay)).toMatchObject({ outcome: 'disconnected', cause: 'the end of its grace' });
  const awayMs = relay.clock.now() - leftAtMs;
  expect(awayMs).toBeGreaterThanOrEqual(10_000);
  expect(awayMs).toBeLessThan(10_500);
});

test('a runtime that comes back in time keeps the call until its deadline', async () => {
  const relay = await world();
  relay.clock.at(t0 + 2_000, () => relay.gateways.leave('gw_1', socket, t0 + 2_000));
  const back = { connectionId: 'socket-2', connectedAtMs: t0 + 11_000 };
  relay.clock.at(t0 + 11_000, () => relay.gateways.enter('gw_1', back, 'hash'));
  expect(await run(relay)).toMatchObject({ outcome: 'timed-out', cause: 'its deadline' });
  expect(relay.clock.now()).toBe(t0 + 55_000);
  expect(relay.posted).toEqual(['socket-1']);
});

test('a call shorter than the grace whose runtime is away at its deadline ends as disconnected', async () => {
  const relay = await world();
  relay.clock.at(t0 + 500, () => relay.gateways.leave('gw_1', socket, t0 + 500));
  expect((await run(relay, callOf({ deadlineMs: t0 + 2_000 }))).outcome).toBe('disconnected');
});

test.each(['gone', 'unclear'] as const)(
  'a command whose post was %s is never posted again',
  async (outcome) => {
    const relay = await world(() => outcome);
    const back = { connectionId: 'socket-2', connectedAtMs: t0 + 1_000 };
    relay.clock.at(t0 + 1_000, () => relay.gateways.enter('gw_1', back, 'hash'));
    await run(relay);
    expect(relay.posted).toEqual(['socket-1']);
  },
);

test('a call that met no socket is posted to the one that comes', async () => {
  const relay = await world();
  await relay.gateways.leave('gw_1', socket, t0);
  const back = { connectionId: 'socket-2', connectedAtMs: t0 + 4_000 };
  relay.clock.at(t0 + 4_000, () => relay.gateways.enter('gw_1', back, 'hash'));
  const { sentTo: _, ...unsent } = callOf({ deadlineMs: t0 + 12_000 });
  await run(relay, unsent);
  expect(relay.posted).toEqual(['socket-2']);
});

test('reads that fail are no news: the call still ends by its deadline', async () => {
  const relay = await world();
  const call = callOf({ deadlineMs: t0 + 3_000 });
  await relay.calls.open(call, t0);
  const broken = async () => {
    throw new Error('throttled');
  };
  const deaf = { ...relay, calls: { ...relay.calls, read: broken, end: broken } };
  const end = await endOfCall(watchCall(deaf, call, { ifGone: 'disconnected', places: noPlaces }));
  expect(end).toMatchObject({ outcome: 'timed-out' });
});

test('whoever joins a call may wait for less than the call itself', async () => {
  const relay = await world();
  await relay.calls.open(callOf(), t0);
  const wait = { ifGone: 'disconnected', untilMs: t0 + 2_000, places: noPlaces } as const;
  expect(await endOfCall(watchCall(relay, callOf(), wait))).toBe('pending');
  expect(relay.clock.now()).toBe(t0 + 2_000);
});

test('a call of a gateway that was removed is over', async () => {
  const relay = await world();
  const gone = { ...relay, calls: { ...relay.calls, read: async () => undefined } };
  await relay.calls.open(callOf(), t0);
  expect(
    await endOfCall(watchCall(gone, callOf(), { ifGone: 'disconnected', places: noPlaces })),
  ).toMatchObject({
    outcome: 'disconnected',
  });
});

test('a client that is revoked is waited for no longer than ten seconds, and its call is cancelled', async () => {
  const relay = await world();
  relay.clock.at(t0 + 7_000, () => relay.stores.clients.remove('gw_1', 'cl_1', t0 + 7_000));
  await expect(run(relay)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(relay.clock.now() - t0 - 7_000).toBeLessThan(10_000);
  expect((await relay.calls.read(callOf().callKey, relay.clock.now()))?.end?.outcome).toBe('cancelled');
  expect(relay.posted).toEqual(['socket-1', 'socket-1']);
});

test('a client that is revoked before its call takes a place has its call cancelled as well', async () => {
  const relay = await world();
  relay.clock.at(t0 + 200, () => relay.stores.clients.remove('gw_1', 'cl_1', t0 + 200));
  await expect(run(relay)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(relay.clock.now() - t0).toBeLessThan(shortMs + 500);
  expect((await relay.calls.read(callOf().callKey, relay.clock.now()))?.end?.outcome).toBe('cancelled');
});

test('whoever waits for a call that another waiter cancelled for a revoked client is unauthorized as well', async () => {
  const relay = await world();
  await relay.calls.open(callOf(), t0);
  relay.clock.at(t0 + 2_000, () => relay.stores.clients.remove('gw_1', 'cl_1', t0 + 2_000));
  relay.clock.at(t0 + 2_000, async () => {
    await relay.calls.end(callOf(), { outcome: 'cancelled', atMs: t0 + 2_000 }, { waiter: true });
  });
  const waiting = endOfCall(watchCall(relay, callOf(), { ifGone: 'disconnected', places: noPlaces }));
  await expect(waiting).rejects.toMatchObject({ code: 'unauthorized' });
});

test('a call that its own client cancelled ends as cancelled', async () => {
  const relay = await world();
  await relay.calls.open(callOf(), t0);
  relay.clock.at(t0 + 2_000, async () => {
    await relay.calls.end(callOf(), { outcome: 'cancelled', atMs: t0 + 2_000 }, { waiter: true });
  });
  const waiting = endOfCall(watchCall(relay, callOf(), { ifGone: 'disconnected', places: noPlaces }));
  expect(await waiting).toMatchObject({ outcome: 'cancelled' });
});

test('nothing is posted for a client that was revoked while its call waited for a runtime', async () => {
  const relay = await world();
  await relay.gateways.leave('gw_1', socket, t0);
  relay.clock.at(t0 + 3_000, () => relay.stores.clients.remove('gw_1', 'cl_1', t0 + 3_000));
  const { secretHash } = gateway;
  const comes = { connectionId: 'socket-2', connectedAtMs: t0 - 60_000 };
  relay.clock.at(t0 + 8_000, () => relay.gateways.enter('gw_1', comes, secretHash));
  const { sentTo: _, ...unsent } = callOf();
  await expect(run(relay, unsent)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(relay.posted).toEqual([]);
});

test('a client that is none any more when nobody knows whether its command arrived has its call cancelled', async () => {
  const relay = await world(() => 'unclear');
  await relay.stores.clients.remove('gw_1', 'cl_1', t0);
  await expect(run(relay)).rejects.toMatchObject({ code: 'unauthorized' });
  expect((await relay.calls.read(callOf().callKey, relay.clock.now()))?.end?.outcome).toBe('cancelled');
});
