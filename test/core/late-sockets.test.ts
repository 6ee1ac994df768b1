import { hashCredential } from '../../lambdas/core/credentials';
import { openRuntimeSocket } from '../../lambdas/core/runtime-socket';
import { memoryStores } from '../support/memory-stores';

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
