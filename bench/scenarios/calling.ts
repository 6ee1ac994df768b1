/** Calls, and what their clients and runtimes ask about them. */
import { call } from '../../test/support/api';
import { pairUp } from '../metering/rpc-path';
import { expecting, noise, type Scenario } from './scenario';

const slowMs = 1_000;

/** The act of a call whose events are written in two parts, since it lasts longer than a viewer should wait. */
export const slowCall = 'POST /api/relay/rpc, answered after 1 s';

/** Calls of every kind over HTTP. */
export const calling: Scenario[] = [
  {
    name: 'POST /api/relay/rpc, answered at once',
    prepare: async (relay) => {
      const { app } = await pairUp(relay);
      return () => call(relay.url, app, { method: 'bench' });
    },
  },
  {
    name: slowCall,
    prepare: async (relay) => {
      const { app } = await pairUp(relay, ({ id }, runtime) => {
        setTimeout(() => runtime.reply(id, 'done'), slowMs);
      });
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
    duringCall: true,
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
  {
    name: 'POST /api/relay/rpc, streamed, one progress frame',
    prepare: async (relay) => {
      const { app } = await pairUp(relay, ({ id }, runtime) => {
        runtime.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq: 1, data: 'half' } });
        return 'done';
      });
      return async () => {
        const answer = await fetch(`${relay.url}/api/relay/rpc`, {
          method: 'POST',
          headers: { authorization: `Bearer ${app.clientToken}`, accept: 'text/event-stream' },
          body: JSON.stringify({ gatewayId: app.gatewayId, method: 'bench' }),
        });
        const text = await answer.text();
        if (!text.includes('event: result')) throw new Error('the stream had no result');
      };
    },
  },
  {
    name: 'POST /api/relay/rpc/{id}/cancel',
    duringCall: true,
    prepare: async (relay) => {
      const { app, runtime } = await pairUp(relay, () => undefined);
      const answer = call(relay.url, app, { method: 'bench', id: 'unwanted', timeoutMs: 3_000 });
      await runtime.command();
      return async () => {
        const credential = app.clientToken;
        await expecting(relay.url, 'POST /api/relay/rpc/unwanted/cancel', { credential, body: {} });
        await answer;
      };
    },
  },
  {
    name: 'GET /api/relay/rpc/{id}/params, 100 KB',
    duringCall: true,
    prepare: async (relay) => {
      const { app, registered, runtime } = await pairUp(relay, () => undefined);
      await runtime.ask('relay.hello', { features: ['params-by-reference'] });
      await relay.settled();
      const answer = call(relay.url, app, { method: 'bench', params: noise(75_000), timeoutMs: 3_000 });
      const { id, meta } = await runtime.command();
      if (!meta.paramsUrl) throw new Error('the params came inline');
      const headers = { authorization: `Bearer ${registered.relaySecret}` };
      return async () => {
        const { status } = await fetch(meta.paramsUrl, { headers });
        if (status !== 200) throw new Error(`the params were answered with ${status}`);
        runtime.reply(id, 'done');
        await answer;
      };
    },
  },
];
