import { randomBytes } from 'node:crypto';
import { redeemAccessCode } from '../../../lambdas/core/pairing/clients';
import { registerGateway } from '../../../lambdas/core/pairing/gateways';
import { listClients, removeGateway, revokeClient, rotateSecret } from '../../../lambdas/core/pairing/owner';
import type { Connection } from '../../../lambdas/core/presence/ports';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;

/** A gateway with one client, a socket of each role and one of another gateway. */
async function household() {
  const stores = memoryStores();
  const closed: string[] = [];
  const world = {
    ...stores,
    random: (count: number) => randomBytes(count),
    accessCodeTtlMs: 600_000,
    sockets: {
      post: async () => 'sent' as const,
      probe: async () => 'open' as const,
      close: async (connectionId: string) => {
        closed.push(connectionId);
      },
    },
    callSweep: { removeAll: async () => {} },
  };
  const registered = await registerGateway(world, { runtimeType: 'openclaw' }, t0);
  const { gatewayId, relaySecret } = registered;
  const { clientId, clientToken } = await redeemAccessCode(world, registered, t0);
  const open = (connectionId: string, more: Partial<Connection>) =>
    stores.connections.put({
      connectionId,
      role: 'runtime',
      gatewayId,
      connectedAtMs: t0,
      expiresAtMs: t0 + 1_000_000,
      ...more,
    });
  await open('runtime', {});
  await open('app', { role: 'client', clientId });
  await open('other app', { role: 'client', clientId: 'cl_other' });
  await open('elsewhere', { gatewayId: 'gw_other' });
  const left = async () =>
    (await stores.connections.ofGateway(gatewayId, t0)).map(({ connectionId }) => connectionId).sort();
  return { world, closed, gatewayId, relaySecret, clientId, clientToken, left };
}

test("a revoked client's sockets are closed and forgotten, and no others", async () => {
  const { world, closed, relaySecret, clientId, left } = await household();
  await revokeClient(world, relaySecret, clientId, t0);
  expect(closed).toEqual(['app']);
  expect(await left()).toEqual(['other app', 'runtime']);
});

test('a client that removes itself is closed alike', async () => {
  const { world, closed, clientToken, clientId, gatewayId } = await household();
  await revokeClient(world, clientToken, clientId, t0);
  expect(closed).toEqual(['app']);
  expect(await listClients(world.clients, gatewayId, t0)).toEqual([]);
});

test("a rotation closes the runtime's sockets, and leaves those of the Apps open", async () => {
  const { world, closed, gatewayId, left } = await household();
  const rotated = await rotateSecret(world, (await world.gateways.read(gatewayId))!, t0);
  expect(rotated.relaySecret).toMatch(/^ats_/);
  expect(closed).toEqual(['runtime']);
  expect(await left()).toEqual(['app', 'other app']);
});

test('a removal closes every socket of the gateway, and none of another', async () => {
  const { world, closed, gatewayId, left } = await household();
  await removeGateway(world, (await world.gateways.read(gatewayId))!, t0);
  expect(closed.sort()).toEqual(['app', 'other app', 'runtime']);
  expect(await left()).toEqual([]);
  expect(await world.gateways.readEvenLeaving(gatewayId)).toBeUndefined();
});
