import {
  type PresenceWorld,
  presenceOf,
  promoteSocket,
  retireSocket,
} from '../../../lambdas/core/presence/presence';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const gatewayId = 'gw_AAAAAAAAAAAAAAAA';
const later = t0 + 10_000;

/** A gateway with two sockets, the newer one in charge; only those named are open. */
async function twoSockets(...open: string[]) {
  const { gateways, connections } = memoryStores();
  const details = { runtimeType: 'openclaw', displayName: 'Desk', capabilities: [] };
  await gateways.create({ gatewayId, secretHash: 'hash', createdAtMs: t0, ...details });
  for (const [connectionId, connectedAtMs] of [
    ['older', t0],
    ['newer', t0 + 1],
  ] as const) {
    const socket = { connectionId, connectedAtMs };
    await gateways.attach(gatewayId, socket, 'hash');
    const row = { ...socket, gatewayId, secretHash: 'hash', expiresAtMs: t0 + 60_000 };
    await connections.put({ ...row, role: 'runtime' });
  }
  const sockets = {
    post: async () => 'sent' as const,
    probe: async (id: string) => (open.includes(id) ? ('open' as const) : ('gone' as const)),
    close: async () => {},
  };
  return { gateways, connections, sockets } satisfies PresenceWorld;
}

const inCharge = async ({ gateways }: PresenceWorld) =>
  (await gateways.read(gatewayId))?.socket?.connectionId;

test('when the socket in charge goes, the next one that is open takes over', async () => {
  const world = await twoSockets('older');
  await retireSocket(world, gatewayId, 'newer', later);
  expect(await inCharge(world)).toBe('older');
});

test('when the next one has gone as well, nobody is in charge and no row of it is left', async () => {
  const world = await twoSockets();
  await retireSocket(world, gatewayId, 'newer', later);
  expect(await inCharge(world)).toBeUndefined();
  expect(await world.connections.ofGateway(gatewayId, later)).toEqual([]);
});

test('a retirement that broke off half-way is made good by whoever looks next', async () => {
  const world = await twoSockets('older');
  const { ofGateway } = world.connections;
  world.connections.ofGateway = async () => {
    throw new Error('throttled');
  };
  await expect(retireSocket(world, gatewayId, 'newer', later)).rejects.toThrow('throttled');
  expect(await inCharge(world)).toBeUndefined();
  world.connections.ofGateway = ofGateway;
  const gateway = (await world.gateways.read(gatewayId))!;
  expect(await presenceOf(world, gateway, later)).toMatchObject({ connected: true });
  expect(await inCharge(world)).toBe('older');
});

test('a socket that came with a secret that was rotated since is never put in charge', async () => {
  const world = await twoSockets('older', 'newer');
  await world.gateways.rotateSecret(gatewayId, 'hash', 'next', later);
  expect(await promoteSocket(world, gatewayId, later)).toBeUndefined();
  expect(await inCharge(world)).toBeUndefined();
});
