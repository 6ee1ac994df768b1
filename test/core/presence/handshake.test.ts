import { deliverCall } from '../../../lambdas/core/call/deliver-call';
import { memoryWorld, t0 } from '../../support/memory/world';

/** When the handshake of the runtime's socket is over: before that whatever is posted to it gets a 410. */
const openAtMs = t0 + 1_500;
const ways = ['an App on its socket', 'a waiter'] as const;

test.each(ways)(
  'nothing is posted to a socket in its handshake, though the probe gave no answer: %s',
  async (way) => {
    let probes = 0;
    const tried: number[] = [];
    const relay = memoryWorld(undefined, (id, verb) => {
      if (!id.startsWith('runtime')) return 'open';
      if (verb === 'probe' && probes++ === 0) return 'unclear';
      if (verb === 'post') tried.push(relay.clock.now());
      return relay.clock.now() < openAtMs ? 'gone' : 'open';
    });
    const runtime = await relay.runtime();
    const app = await relay.app(runtime);
    if (way === 'a waiter') {
      const gateway = (await relay.gateways.read(runtime.gatewayId))!;
      const call = await relay.opened(runtime.gatewayId, app.clientId);
      await deliverCall(relay, call, gateway, '{}', { takeWhenLong: async () => {} });
    } else {
      await relay.frame(app.socket, { jsonrpc: '2.0', id: 1, method: 'm' });
      await relay.guardsUntil(t0 + 8_000);
    }
    expect(tried.filter((atMs) => atMs < openAtMs)).toEqual([]);
    expect(tried).not.toEqual([]);
    const { sockets } = (await relay.gateways.read(runtime.gatewayId))!;
    expect(sockets.map(({ connectionId }) => connectionId)).toEqual([runtime.socket]);
  },
);
