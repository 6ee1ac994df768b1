import { hashCredential } from '../../../lambdas/core/pairing/credentials';
import { openRuntimeSocket } from '../../../lambdas/core/socket/runtime-socket';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const gatewayId = 'gw_AAAAAAAAAAAAAAAA';
const socket = { connectionId: 'late', connectedAtMs: t0 };

/** A handshake whose secret has been checked, and that goes on after something else happened. */
async function handshake() {
  const { gateways, connections } = memoryStores();
  const secretHash = hashCredential('the secret');
  const gateway = {
    gatewayId,
    secretHash,
    runtimeType: 'openclaw',
    displayName: 'Desk',
    capabilities: [],
    createdAtMs: t0,
  };
  await gateways.create(gateway);
  const recorder = { record: () => {}, flush: async () => {}, idle: () => {} };
  const sockets = { post: async () => 'sent', probe: async () => 'open', close: async () => {} } as const;
  const goOn = () =>
    openRuntimeSocket({ gateways, connections, sockets, recorder } as never, gateway, socket);
  return { gateways, connections, secretHash, goOn };
}

test.each(['removed', 'rotated'])(
  'a handshake that a gateway was %s in the middle of opens no socket',
  async (how) => {
    const { gateways, connections, secretHash, goOn } = await handshake();
    if (how === 'removed') await gateways.startRemoval(gatewayId, secretHash, t0);
    else await gateways.rotateSecret(gatewayId, secretHash, 'another', t0);
    await expect(goOn()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await connections.ofGateway(gatewayId, t0)).toEqual([]);
  },
);

test('a handshake that fails after its write leaves the older socket in charge', async () => {
  const { gateways, connections, goOn } = await handshake();
  const older = { connectionId: 'older', connectedAtMs: t0 - 1 };
  await connections.put({ ...older, role: 'runtime', gatewayId, expiresAtMs: t0 + 60_000 });
  const { attach } = gateways;
  gateways.attach = async (...args) => {
    await attach(...args);
    gateways.attach = attach;
    throw new Error('the answer was lost');
  };
  await expect(goOn()).rejects.toThrow('lost');
  expect((await gateways.read(gatewayId))?.socket).toEqual(older);
});

test('a handshake succeeds although its Apps cannot be told of it', async () => {
  const { gateways, connections, goOn } = await handshake();
  connections.ofGateway = async () => {
    throw new Error('throttled');
  };
  expect(await goOn()).toBe('attached');
  expect((await gateways.read(gatewayId))?.socket).toEqual(socket);
});
