import { hashCredential } from '../../../lambdas/core/pairing/credentials';
import { openRuntimeSocket } from '../../../lambdas/core/socket/open-socket';
import { FakeClock } from '../../support/memory/fake-clock';
import { memoryGuards } from '../../support/memory/memory-guards';
import { memorySocketsApi } from '../../support/memory/memory-sockets-api';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const gatewayId = 'gw_AAAAAAAAAAAAAAAA';
const socket = { connectionId: 'late', connectedAtMs: t0 };

/** A handshake whose secret has been checked, and that goes on after something else happened. */
async function handshake() {
  const stores = memoryStores();
  const { gateways, connections, clients } = stores;
  const secretHash = hashCredential('the secret');
  const gateway = {
    gatewayId,
    secretHash,
    runtimeType: 'openclaw',
    displayName: 'Desk',
    capabilities: [],
    createdAtMs: t0,
    sockets: [],
  };
  await gateways.create(gateway);
  const recorder = { record: () => {}, flush: async () => {}, idle: () => {} };
  const api = memorySocketsApi();
  const clock = new FakeClock(t0);
  const world = { ...stores, ...api, ...memoryGuards(clock), recorder, clock };
  const goOn = () => openRuntimeSocket(world, gateway, socket);
  return { gateways, connections, clients, secretHash, goOn, ...api };
}

test.each(['removed', 'rotated'])(
  'a handshake that a gateway was %s in the middle of opens no socket',
  async (how) => {
    const { gateways, connections, secretHash, goOn } = await handshake();
    if (how === 'removed') await gateways.startRemoval(gatewayId, secretHash, t0);
    else await gateways.rotateSecret(gatewayId, secretHash, 'another', t0);
    await expect(goOn()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await connections.read('late', t0)).toBeUndefined();
  },
);

test('a handshake that fails after its write leaves the older socket in charge', async () => {
  const { gateways, secretHash, goOn } = await handshake();
  const older = { connectionId: 'older', connectedAtMs: t0 - 1 };
  await gateways.enter(gatewayId, older, secretHash);
  const { enter } = gateways;
  gateways.enter = async (...args) => {
    await enter(...args);
    throw new Error('the answer was lost');
  };
  await expect(goOn()).rejects.toThrow('lost');
  expect((await gateways.read(gatewayId))?.sockets).toEqual([older]);
});

test('a handshake succeeds although its Apps cannot be told of it', async () => {
  const { gateways, clients, goOn } = await handshake();
  clients.list = async () => {
    throw new Error('throttled');
  };
  await goOn();
  expect((await gateways.read(gatewayId))?.sockets).toEqual([socket]);
});

test('a fifth socket is let in, and the oldest is told why it is closed', async () => {
  const { gateways, secretHash, goOn, closed, framesTo } = await handshake();
  for (const n of [1, 2, 3, 4])
    await gateways.enter(gatewayId, { connectionId: `${n}`, connectedAtMs: t0 - 10 + n }, secretHash);
  await goOn();
  expect(closed).toEqual(['1']);
  expect(framesTo('1')).toMatchObject([{ event: 'relay.closing', params: { code: 4008 } }]);
});
