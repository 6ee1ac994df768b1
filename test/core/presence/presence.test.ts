import { type PresenceWorld, presenceOf, retireSocket } from '../../../lambdas/core/presence/presence';
import { memoryGuards } from '../../support/memory/memory-guards';
import { memorySocketsApi } from '../../support/memory/memory-sockets-api';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const gatewayId = 'gw_AAAAAAAAAAAAAAAA';
const later = t0 + 10_000;
const [older, newer] = [
  { connectionId: 'older', connectedAtMs: t0 },
  { connectionId: 'newer', connectedAtMs: t0 + 1 },
];

/** A gateway with two sockets and an App's; only those named, and the App's, are open. */
async function twoSockets(...open: string[]) {
  const stores = memoryStores();
  const details = { runtimeType: 'openclaw', displayName: 'Desk', capabilities: [], sockets: [] };
  await stores.gateways.create({ gatewayId, secretHash: 'hash', createdAtMs: t0, ...details });
  for (const socket of [older, newer]) {
    await stores.gateways.enter(gatewayId, socket, 'hash');
    await stores.connections.put({ ...socket, role: 'runtime', gatewayId, expiresAtMs: t0 + 60_000 });
  }
  const code = { codeHash: 'code', gatewayId, expiresAtMs: t0 + 1 };
  await stores.pairings.issueCode(code, undefined);
  const times = { createdAtMs: t0, lastUsedAtMs: t0, expiresAtMs: t0 + 1e9 };
  const client = {
    gatewayId,
    clientId: 'cl_1',
    tokenHash: 'hash',
    label: 'Phone',
    sockets: [],
    calls: [],
    streams: [],
    ...times,
  };
  await stores.pairings.redeem(code, client, t0);
  await stores.clients.enter(client, { connectionId: 'app', connectedAtMs: t0 });
  const api = memorySocketsApi((id) => ([...open, 'app'].includes(id) ? 'open' : 'gone'));
  const inCharge = async () => (await stores.gateways.read(gatewayId))?.sockets[0]?.connectionId;
  const { guards, waiting } = memoryGuards({ now: () => later });
  return { ...stores, ...api, inCharge, guards, waiting };
}

test('when the socket in charge goes, the next one that is open takes over, and no App is told', async () => {
  const world = await twoSockets('older');
  expect(await retireSocket(world, gatewayId, newer, later)).toEqual([older]);
  expect([await world.inCharge(), world.posted]).toEqual(['older', []]);
});

test('when the next one has gone as well, nobody is in charge, no row is left, and the Apps are told', async () => {
  const world = await twoSockets();
  expect(await retireSocket(world, gatewayId, newer, later)).toEqual([]);
  expect(await world.inCharge()).toBeUndefined();
  expect(await world.connections.read('older', t0)).toBeUndefined();
  expect(world.framesTo('app')).toMatchObject([{ event: 'relay.presence', params: { connected: false } }]);
  // Its calls have no waiter: a guard comes when the grace is over.
  expect(world.waiting).toEqual([
    { guard: { kind: 'left', gatewayId, leftAtMs: later }, atMs: later + 10_000 },
  ]);
});

test('a late end of an older socket leaves the newer one in charge', async () => {
  const world = await twoSockets('newer');
  expect(await retireSocket(world, gatewayId, older, later)).toEqual([newer]);
  expect(await retireSocket(world, gatewayId, older, later + 1)).toEqual([newer]);
});

test('presence is that of the newest socket that is open', async () => {
  const world = await twoSockets('older');
  const gateway = (await world.gateways.read(gatewayId))!;
  expect(await presenceOf(world, gateway, later)).toMatchObject({
    connected: true,
    connectedSince: new Date(t0).toISOString(),
  });
  expect(await world.inCharge()).toBe('older');
});

test('a newest socket whose handshake is not over hides no older one that is open', async () => {
  const world = await twoSockets('older');
  const gateway = (await world.gateways.read(gatewayId))!;
  const presence = await presenceOf(world, gateway, newer.connectedAtMs + 10);
  expect(presence).toMatchObject({ connected: true, connectedSince: new Date(t0).toISOString() });
  expect(await world.inCharge()).toBe('newer');
});

test('a gateway without a socket is away, at no cost', async () => {
  const world = await twoSockets();
  const gateway = { ...(await world.gateways.read(gatewayId))!, sockets: [] };
  const asked = { ...world, gateways: undefined } as unknown as PresenceWorld;
  expect(await presenceOf(asked, gateway, later)).toMatchObject({ connected: false });
});
