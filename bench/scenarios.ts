/** What is metered, act by act: each HTTP route and each event of a socket. */
import { call, redeem, register, request } from '../test/support/api';
import { registrationToken } from '../test/support/relay';
import { TestRuntime } from '../test/support/runtime';
import type { MeteredRelay } from './metered-relay';
import { pairUp } from './rpc-path';

/** An act: `prepare` is not metered, the function that it gives is. */
export interface Scenario {
  name: string;
  prepare(relay: MeteredRelay): Promise<() => Promise<unknown>>;
}

/** A request that must be answered with a 2xx, or with the status named. */
async function expecting(
  url: string,
  route: string,
  options: Parameters<typeof request>[2] = {},
  status = 0,
): Promise<void> {
  const answer = await request(url, route, options);
  const fits = status === 0 ? answer.status < 300 : answer.status === status;
  if (!fits) throw new Error(`${route} was answered with ${answer.status}`);
}

const registration = { credential: registrationToken, body: { runtimeType: 'bench' } };

/** The routes that need no socket. */
const pairing: Scenario[] = [
  {
    name: 'GET /health',
    prepare:
      async ({ url }) =>
      () =>
        expecting(url, 'GET /health'),
  },
  {
    name: 'POST /api/relay/register',
    prepare: async ({ url }) => {
      await register(url);
      return () => expecting(url, 'POST /api/relay/register', registration);
    },
  },
  {
    name: 'POST /api/relay/register, the first of a function',
    prepare: async ({ url, host }) => {
      await host.functions.restart();
      await host.functions.warm();
      return () => expecting(url, 'POST /api/relay/register', registration);
    },
  },
  {
    name: 'POST /api/relay/register, same identity',
    prepare: async ({ url }) => {
      const { gatewayId, relaySecret } = await register(url);
      const body = { ...registration.body, gatewayId, relaySecret };
      return () => expecting(url, 'POST /api/relay/register', { ...registration, body });
    },
  },
  {
    name: 'POST /api/relay/codes',
    prepare: async ({ url }) => {
      const { relaySecret: credential } = await register(url);
      return () => expecting(url, 'POST /api/relay/codes', { credential, body: {} });
    },
  },
  {
    name: 'POST /api/relay/redeem',
    prepare: async ({ url }) => {
      const { accessCode } = await register(url);
      return () => redeem(url, accessCode);
    },
  },
  {
    name: 'POST /api/relay/redeem, a wrong code',
    prepare: async ({ url }) => {
      const body = { accessCode: 'AT-0000-0000-0000' };
      return () => expecting(url, 'POST /api/relay/redeem', { body }, 404);
    },
  },
  {
    name: 'POST /api/runtime-pairings',
    prepare: async ({ url }) => {
      return () => expecting(url, 'POST /api/runtime-pairings', { ...registration, body: rendezvous() });
    },
  },
  {
    name: 'POST /api/runtime-pairings/redeem',
    prepare: async ({ url }) => {
      const body = rendezvous();
      await expecting(url, 'POST /api/runtime-pairings', { ...registration, body });
      const { pairingCode } = body;
      return () => expecting(url, 'POST /api/runtime-pairings/redeem', { body: { pairingCode } });
    },
  },
];

/** The routes of a pair that is connected. */
const connected: Scenario[] = [
  {
    name: 'GET /api/relay/status',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      return () => expecting(relay.url, 'GET /api/relay/status', { credential: app.clientToken });
    },
  },
  {
    name: 'GET /api/relay/clients',
    prepare: async (relay) => {
      const { relaySecret: credential } = (await pairUp(relay)).registered;
      return () => expecting(relay.url, 'GET /api/relay/clients', { credential });
    },
  },
  {
    name: 'DELETE /api/relay/clients/{clientId}',
    prepare: async (relay) => {
      const { registered, app } = await pairUp(relay);
      const credential = registered.relaySecret;
      return () => expecting(relay.url, `DELETE /api/relay/clients/${app.clientId}`, { credential });
    },
  },
  {
    name: 'POST /api/relay/secret',
    prepare: async (relay) => {
      const { relaySecret: credential } = (await pairUp(relay)).registered;
      return () => expecting(relay.url, 'POST /api/relay/secret', { credential, body: {} });
    },
  },
  {
    name: 'DELETE /api/relay/gateway',
    prepare: async (relay) => {
      const { relaySecret: credential } = (await pairUp(relay)).registered;
      return () => expecting(relay.url, 'DELETE /api/relay/gateway', { credential });
    },
  },
  {
    name: 'GET /api/monitor/events',
    prepare: async ({ url }) => {
      return () => expecting(url, 'GET /api/monitor/events?limit=50', { credential: registrationToken });
    },
  },
  {
    name: 'POST /api/monitor/tickets',
    prepare: async ({ url }) => {
      return () => expecting(url, 'POST /api/monitor/tickets', { credential: registrationToken, body: {} });
    },
  },
];

/** Calls, and what their clients ask about them. */
const calling: Scenario[] = [
  {
    name: 'POST /api/relay/rpc, answered at once',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      return () => call(relay.url, app, { method: 'bench' });
    },
  },
  {
    name: 'POST /api/relay/rpc, the same id again',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      await call(relay.url, app, { method: 'bench', id: 'twice' });
      return () => call(relay.url, app, { method: 'bench', id: 'twice' });
    },
  },
  {
    name: 'POST /api/relay/rpc, params of 100 KB',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      return () => call(relay.url, app, { method: 'bench', params: noise(75_000) });
    },
  },
  {
    name: 'GET /api/relay/rpc/{id}',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      await call(relay.url, app, { method: 'bench', id: 'asked' });
      return () => expecting(relay.url, 'GET /api/relay/rpc/asked', { credential: app.clientToken });
    },
  },
  {
    name: 'POST /api/relay/replies/{id}, 100 KB',
    prepare: async (relay) => {
      const { app, registered, runtime } = await pairUp(relay, () => undefined);
      const answer = call(relay.url, app, { method: 'bench', timeoutMs: 3_000 });
      const { id } = await runtime.command();
      const body = { jsonrpc: '2.0', id, result: noise(75_000) };
      return async () => {
        await expecting(relay.url, `POST /api/relay/replies/${id}`, {
          credential: registered.relaySecret,
          body,
        });
        await answer;
      };
    },
  },
];

/** The events of a runtime's socket. The reply is part of the calls above. */
const sockets: Scenario[] = [
  {
    name: 'socket: a runtime connects',
    prepare: async (relay) => {
      const registered = await register(relay.url);
      return () => TestRuntime.connect(registered);
    },
  },
  {
    name: 'socket: relay.hello',
    prepare: async (relay) => {
      const { runtime } = await pairUp(relay);
      return () => runtime.ask('relay.hello');
    },
  },
  {
    name: 'socket: relay.ping',
    prepare: async (relay) => {
      const { runtime } = await pairUp(relay);
      return () => runtime.ask('relay.ping');
    },
  },
  {
    name: 'socket: a frame that is none',
    prepare: async (relay) => {
      const { runtime } = await pairUp(relay);
      return () => {
        runtime.send('not JSON');
        return runtime.frame((frame) => frame.error?.code === -32700);
      };
    },
  },
  {
    name: 'socket: a runtime disconnects',
    prepare: async (relay) => {
      const { runtime } = await pairUp(relay);
      return () => runtime.close();
    },
  },
];

/** Every act. */
export const scenarios: Scenario[] = [...pairing, ...connected, ...calling, ...sockets];

let codes = 0;

function rendezvous() {
  codes += 1;
  const pairingCode = `AT-BENC-${String(codes).padStart(4, '0')}-TEST`;
  const descriptor = { type: 'agenttown.runtime_pairing.v1', endpoint: 'https://runtime.example' };
  return { type: 'agenttown.runtime_pairing.v1', pairingCode, descriptor };
}

/** Text that no compression makes much smaller: `bytes` random bytes in base64. */
function noise(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536)))).toString('base64');
}
