/** The events of sockets. The reply to a command is part of the calls. */
import { call, register, request } from '../../test/support/api';
import { registrationToken } from '../../test/support/relay';
import { TestRuntime } from '../../test/support/runtime';
import type { MeteredRelay } from '../metering/metered-relay';
import { callOnSocket, pairOnSocket } from '../metering/push-path';
import { pairUp } from '../metering/rpc-path';
import { expecting, type Scenario } from './scenario';

/** Runtimes, Apps and viewers on their sockets. */
export const sockets: Scenario[] = [
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
  {
    name: 'socket: an App connects',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      return () => TestRuntime.connectApp(app);
    },
  },
  ...[5, 50, 500, 5_000].map(
    (runtimeMs): Scenario => ({
      name: `socket: an App calls, answered after ${runtimeMs} ms`,
      prepare: async (relay) => {
        const pair = await pairOnSocket(relay);
        return () => callOnSocket(pair, { runtimeMs });
      },
    }),
  ),
  {
    // The fourteen minutes themselves are nothing: no function runs meanwhile.
    name: 'socket: an App calls with a timeoutMs of 14 minutes',
    prepare: async (relay) => {
      const pair = await pairOnSocket(relay);
      return () => callOnSocket(pair, { runtimeMs: 0, timeoutMs: 840_000 });
    },
  },
  {
    name: 'socket: relay.resume of one call that has ended',
    prepare: async (relay) => {
      const pair = await pairOnSocket(relay);
      pair.socket.send({ jsonrpc: '2.0', id: 1, method: 'resumed', meta: { id: 'own' } });
      pair.runtime.reply((await pair.runtime.command('resumed')).id, 'done');
      await pair.socket.frame(({ id }) => id === 1);
      return async () => {
        await pair.socket.ask('relay.resume', { calls: [{ id: 'own' }] });
        await pair.socket.frame(({ id }) => id === 'own');
      };
    },
  },
  {
    name: 'POST /api/relay/tickets',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      const credential = app.clientToken;
      return () => expecting(relay.url, 'POST /api/relay/tickets', { credential, body: {} });
    },
  },
  {
    name: 'socket: a viewer connects',
    prepare: async (relay) => {
      const url = await viewerUrl(relay);
      return () => TestRuntime.connect({ relayUrl: url, relaySecret: '' });
    },
  },
  {
    name: "table stream: one call's events to one viewer",
    streamed: true,
    // What the pairing told the monitor may still be on its way to the viewer.
    duringCall: true,
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      const viewer = await TestRuntime.connect({ relayUrl: await viewerUrl(relay), relaySecret: '' });
      return async () => {
        await call(relay.url, app, { method: 'shown' });
        await viewer.frame(({ params }) =>
          params?.events?.some(
            ({ type, method }: Record<string, string>) => type === 'relay.rpc.success' && method === 'shown',
          ),
        );
      };
    },
  },
];

async function viewerUrl({ url }: MeteredRelay): Promise<string> {
  const answer = await request(url, 'POST /api/monitor/tickets', { credential: registrationToken, body: {} });
  if (answer.status !== 201) throw new Error(`a ticket was answered with ${answer.status}`);
  return answer.body.url;
}
