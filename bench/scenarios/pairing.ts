/** The routes that need no socket. */
import { redeem, register } from '../../test/support/api';
import { registrationToken } from '../../test/support/relay';
import { expecting, type Scenario } from './scenario';

const registration = { credential: registrationToken, body: { runtimeType: 'bench' } };

/** Health, registration, codes and redeems, and the descriptor rendezvous. */
export const pairing: Scenario[] = [
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

let codes = 0;

function rendezvous() {
  codes += 1;
  const pairingCode = `AT-BENC-${String(codes).padStart(4, '0')}-TEST`;
  const descriptor = { type: 'agenttown.runtime_pairing.v1', endpoint: 'https://runtime.example' };
  return { type: 'agenttown.runtime_pairing.v1', pairingCode, descriptor };
}
