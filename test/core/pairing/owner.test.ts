import { randomBytes } from 'node:crypto';
import { redeemAccessCode } from '../../../lambdas/core/pairing/clients';
import { issueAccessCode, registerGateway } from '../../../lambdas/core/pairing/gateways';
import { listClients, removeGateway, revokeClient, rotateSecret } from '../../../lambdas/core/pairing/owner';
import { FakeClock } from '../../support/memory/fake-clock';
import { memoryGuards } from '../../support/memory/memory-guards';
import { memorySocketsApi } from '../../support/memory/memory-sockets-api';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const old = { connectedAtMs: t0 - 60_000 };

/** A gateway with two clients, and a socket of each. */
async function household(state?: Parameters<typeof memorySocketsApi>[0]) {
  const stores = memoryStores();
  const api = memorySocketsApi(state);
  const clock = new FakeClock(t0);
  const withdrawn: number[] = [];
  const callSweep = {
    removeAll: async () => {},
    withdrawAll: async () => void withdrawn.push(clock.now() - t0),
  };
  const random = (count: number) => randomBytes(count);
  const { guards, waiting } = memoryGuards(clock);
  const world = { ...stores, ...api, clock, callSweep, guards, random, accessCodeTtlMs: 600_000 };
  const registered = await registerGateway(world, { runtimeType: 'openclaw' }, t0);
  const { gatewayId, relaySecret } = registered;
  const { clientId, clientToken } = await redeemAccessCode(world, registered, t0);
  const code = await issueAccessCode(world, { gatewayId }, t0);
  const { clientId: otherId } = await redeemAccessCode(world, code, t0);
  const { secretHash } = (await stores.gateways.read(gatewayId))!;
  await stores.gateways.enter(gatewayId, { connectionId: 'runtime', ...old }, secretHash);
  for (const client of await stores.clients.list(gatewayId, t0)) {
    const connectionId = client.clientId === clientId ? 'app' : 'other app';
    await stores.clients.enter(client, { connectionId, ...old });
  }
  const gateway = async () => (await stores.gateways.read(gatewayId))!;
  return {
    world,
    ...api,
    clock,
    waiting,
    withdrawn,
    gateway,
    gatewayId,
    relaySecret,
    clientId,
    otherId,
    clientToken,
  };
}

const closing = (code: number) => ({ event: 'relay.closing', params: { code } });

test("a revoked client's sockets are told and closed, and no others", async () => {
  const { world, closed, framesTo, relaySecret, clientId } = await household();
  await revokeClient(world, relaySecret, clientId, t0);
  expect(closed).toEqual(['app']);
  expect(framesTo('app')).toMatchObject([closing(4001)]);
});

test('a client that removes itself is closed as one that was removed', async () => {
  const { world, closed, framesTo, clientToken, clientId, otherId, gatewayId } = await household();
  await revokeClient(world, clientToken, clientId, t0);
  expect(closed).toEqual(['app']);
  expect(framesTo('app')).toMatchObject([closing(1000)]);
  const listed = await listClients(world.clients, gatewayId, t0);
  expect(listed.map((client) => client.clientId)).toEqual([otherId]);
});

test("a rotation closes the runtime's sockets, and leaves those of the Apps open", async () => {
  const { world, closed, framesTo, gateway } = await household();
  const rotated = await rotateSecret(world, await gateway(), t0);
  expect(rotated.relaySecret).toMatch(/^ats_/);
  expect(closed).toEqual(['runtime']);
  expect(framesTo('runtime')).toMatchObject([closing(4001)]);
  expect((await gateway()).sockets).toEqual([]);
});

test('a rotation takes calls away from the old sockets at once, and from none once they are closed', async () => {
  const { world, withdrawn, gateway } = await household();
  const { afterwards } = await rotateSecret(world, await gateway(), t0);
  expect(withdrawn).toEqual([0]);
  await afterwards();
  expect(withdrawn).toEqual([0]);
});

test('as long as an old socket may be open, calls are taken away from it again', async () => {
  const { world, withdrawn, gateway } = await household((_, verb) => (verb === 'close' ? 'unclear' : 'open'));
  const { afterwards } = await rotateSecret(world, await gateway(), t0);
  await afterwards();
  expect(withdrawn).toEqual([0, 250, 750, 1_750, 3_750, 6_750, 9_750]);
});

test('a close that fails is tried again for ten seconds, and the socket counts for nothing meanwhile', async () => {
  let fails = 4;
  const { world, closed, clock, relaySecret, clientId } = await household((_, verb) =>
    verb === 'close' && fails-- > 0 ? 'unclear' : 'open',
  );
  const { afterwards } = await revokeClient(world, relaySecret, clientId, t0);
  expect(closed).toEqual([]);
  await afterwards();
  expect(closed).toEqual(['app']);
  expect(clock.now() - t0).toBeLessThanOrEqual(10_000);
});

test.each(['a revocation', 'a rotation', 'a removal'])(
  '%s leaves sockets that cannot be closed to a guard',
  async (what) => {
    const { world, clock, waiting, gateway, relaySecret, clientId } = await household((_, verb) =>
      verb === 'close' ? 'unclear' : 'open',
    );
    const decide = {
      'a revocation': () => revokeClient(world, relaySecret, clientId, t0),
      'a rotation': async () => rotateSecret(world, await gateway(), t0),
      'a removal': async () => removeGateway(world, await gateway(), t0),
    };
    const { afterwards } = await decide[what as keyof typeof decide]();
    const sockets = {
      'a revocation': ['app'],
      'a rotation': ['runtime'],
      'a removal': ['runtime', 'app', 'other app'],
    };
    const [sent] = waiting.filter(({ guard }) => guard.kind === 'close');
    expect(sent).toEqual({
      guard: { kind: 'close', sockets: expect.arrayContaining(sockets[what as keyof typeof sockets]) },
      atMs: t0 + 15_000,
    });
    await afterwards();
    expect(clock.now() - t0).toBeLessThanOrEqual(10_000);
  },
);

test('a removal closes every socket of the gateway', async () => {
  const { world, closed, posted, gateway, gatewayId } = await household();
  await removeGateway(world, await gateway(), t0);
  expect(closed.sort()).toEqual(['app', 'other app', 'runtime']);
  expect(posted.map(({ frame }) => frame)).toMatchObject([closing(1000), closing(1000), closing(1000)]);
  expect(await world.gateways.readEvenLeaving(gatewayId)).toBeUndefined();
});
