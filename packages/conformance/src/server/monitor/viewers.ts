/** Who watches: the stream, viewers on sockets, and what an event holds. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { ServerWorld } from '../world';
import { type Event, told, viewer } from './watching';

const { cases, section, it } = suiteOf<ServerWorld>('monitor');
export const viewers = cases;

section('Monitor');

it(
  'stream',
  '| `GET /api/monitor/stream` | registration token | `Last-Event-ID`, or `?after=<id>` | 200 `text/event-stream` |',
  async (w) => {
    const stream = await w.stream('GET /api/monitor/stream', { credential: w.server.token });
    fits([stream.status, stream.headers], [200, { 'content-type': /^text\/event-stream/ }]);
    const { gatewayId } = await w.register();
    const { id, data } = await stream.event('message', (event) => event.data?.gatewayId === gatewayId);
    equal(id, data.id, 'the id of an event');
    holds(/^retry: 1000$/m.test(stream.text), 'the stream does not ask to be reopened after a second');
  },
);
it('stream-goes-on', '`Last-Event-ID`, or `?after=<id>`', async (w) => {
  const { gateway, app } = await w.household();
  await w.call(app, { method: 'echo' });
  const events = await told(w, gateway.gatewayId, 'relay.rpc.success');
  const middle = events[1];
  const mine = (stream: Awaited<ReturnType<ServerWorld['stream']>>) =>
    stream.events.filter(({ data }) => data?.gatewayId === gateway.gatewayId).map(({ data }) => data);
  for (const [query, headers] of [
    ['', { 'last-event-id': middle.id }],
    [`?after=${middle.id}`, {}],
  ] as const) {
    const stream = await w.stream(`GET /api/monitor/stream${query}`, { credential: w.server.token, headers });
    await stream.event('message', ({ data }) => data?.id === events.at(-1).id);
    equal(mine(stream), events.slice(2), 'what came after the event');
    stream.drop();
  }
});
it(
  'tickets',
  '| `POST /api/monitor/tickets` | registration token | `{}` | 201 `{ ticket, expiresAt, url }` |',
  async (w) => {
    const { status, body } = await w.ask('POST /api/monitor/tickets', {
      credential: w.server.token,
      body: {},
    });
    fits([status, body], [201, { ticket: String, expiresAt: String, url: /^wss?:/ }]);
    holds(body.url.includes(body.ticket), 'the url does not hold the ticket');
  },
);

section('A viewer on a socket');

it(
  'viewer',
  'A viewer\'s socket is opened with a ticket (`?ticket=atv_…`) and gets `{ "type": "event", "event": "monitor", "method": "monitor", "params": { "events": [ … ] } }`.',
  async (w) => {
    const socket = await viewer(w);
    const { gatewayId } = await w.register();
    fits(
      await socket.frame({
        event: 'monitor',
        params: { events: (events) => (events as Event[]).some((event) => event.gatewayId === gatewayId) },
      }),
      { type: 'event', method: 'monitor' },
    );
  },
);
it('viewer-order', "A viewer's socket is opened with a ticket (`?ticket=atv_…`) and gets", async (w) => {
  const [stays, leaves] = [await viewer(w), await viewer(w)];
  leaves.socket.terminate();
  const { app } = await w.household();
  await w.call(app, { method: 'echo', id: 'seen' });
  const events = () =>
    stays.frames
      .flatMap((frame) => frame?.params?.events ?? [])
      .filter((event: Event) => event.clientId === app.clientId && event.rpcId);
  await stays.frame({
    event: 'monitor',
    params: {
      events: (some) =>
        (some as Event[]).some(
          ({ type, clientId }) => type === 'relay.rpc.success' && clientId === app.clientId,
        ),
    },
  });
  equal(
    events().map(({ type }: Event) => type),
    ['relay.rpc.request', 'relay.rpc.command_sent', 'relay.websocket.message', 'relay.rpc.success'],
    'the steps of a call',
  );
});
it('viewer-once', "A viewer's socket is opened with a ticket", async (w) => {
  const { gateway } = await w.shared();
  equal(
    await w.peer(`${gateway.relayUrl.split('/relay')[0]}/relay?ticket=atv_${'A'.repeat(43)}`).then(
      () => 101,
      (error) => error.status,
    ),
    401,
    'a wrong ticket',
  );
});

section('The states of a call');

it(
  'outcome-word',
  "in the row, in the monitor's event, in metrics, on the dashboard and on the page.",
  async (w) => {
    const { gateway, app, runtime } = await w.household(({ method }) => (method === 'echo' ? 1 : undefined));
    await w.call(app, { method: 'echo' });
    const stopped = w.call(app, { method: 'm', id: 'stop' });
    await runtime.command('m');
    await w.cancel(app, 'stop');
    await Promise.all([stopped, w.call(app, { method: 'quiet', timeoutMs: 1_000 })]);
    const events = await told(w, gateway.gatewayId, 'relay.rpc.timeout');
    const outcomeOf = (type: string) => events.find((event) => event.type === type)?.outcome;
    equal(
      ['relay.rpc.success', 'relay.rpc.cancelled', 'relay.rpc.timeout'].map(outcomeOf),
      ['answered', 'cancelled', 'timed-out'],
      'the words',
    );
  },
);

section('Credentials');

it('says-no-secret', 'no log and no error contains a query string or a credential.', async (w) => {
  const { gateway, app } = await w.household();
  await w.call(app, { method: 'echo', params: { password: 'Canary-in-params' } });
  const events = JSON.stringify(await told(w, gateway.gatewayId, 'relay.rpc.success'));
  for (const secret of [gateway.relaySecret, app.clientToken, gateway.accessCode, 'Canary-in-params'])
    holds(!events.includes(secret), 'an event holds a secret');
});
