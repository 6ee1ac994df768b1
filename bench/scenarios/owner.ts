/** What the owners of a pair, and operators, ask for. */
import { registrationToken } from '../../test/support/relay';
import { pairUp } from '../metering/rpc-path';
import { expecting, type Scenario } from './scenario';

/** Status, clients, secrets, removal and the monitor's requests. */
export const owner: Scenario[] = [
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
