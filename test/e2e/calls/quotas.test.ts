/** What one client, and one gateway, may hold at a time. */

import { call, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { eventually } from '../../support/eventually';
import { household } from '../../support/household';
import { everyRow } from '../../support/memory/tables';
import { type Relay, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const paired = () => household(relay.url, ({ method, params }) => (method === 'echo' ? params : undefined));

test('a seventeenth stream is refused with the time to wait, and has its place once another has ended', async () => {
  const { runtime, app } = await paired();
  const other = await paired();
  const open = (id: string) => CallStream.call(relay.url, app, { method: 'm', id, timeoutMs: 60_000 });
  const streams = await Promise.all(Array.from({ length: 16 }, (_, n) => open(`s${n}`)));
  const refused = await request(relay.url, 'POST /api/relay/rpc', {
    credential: app.clientToken,
    headers: { accept: 'text/event-stream' },
    body: { gatewayId: app.gatewayId, method: 'm', id: 's16' },
  });
  expect([refused.status, refused.body]).toMatchObject([
    429,
    { code: 'rate_limited', id: 's16', retry: 'same-id', retryAfterMs: expect.any(Number) },
  ]);
  // A stream that goes on where another stopped is one as well; on a socket the problem stands in the error.
  const resumed = await request(relay.url, 'GET /api/relay/rpc/s0', {
    credential: app.clientToken,
    headers: { accept: 'text/event-stream' },
  });
  expect(resumed.status).toBe(429);
  // Short calls and other clients go on.
  expect((await call(relay.url, app, { method: 'echo', params: 1 })).body.result).toBe(1);
  (await CallStream.call(relay.url, other.app, { method: 'm' })).drop();
  const { id } = await runtime.command('m');
  runtime.reply(id, 'done');
  const ended = await Promise.race(streams.map(async (stream) => ({ stream, last: await stream.last() })));
  expect(ended.last.data.result).toBe('done');
  const next = await eventually(async () => {
    const stream = await open('s16');
    return stream.response.status === 200 ? stream : undefined;
  });
  await next.event('accepted');
  for (const stream of [...streams, next]) stream.drop();
  await Promise.all([runtime.close(), other.runtime.close()]);
});

test('a call that is waited for stands in the row of its client, where a runtime that comes back finds it, and leaves it', async () => {
  const { runtime, app } = await paired();
  const waiting = call(relay.url, app, { method: 'long' });
  const { id } = await runtime.command('long');
  const held = async () => {
    const rows = (await everyRow(relay.host)).filter(({ table }) => table === 'Clients');
    const row = rows.find(({ row: found }) => found.clientId === app.clientId)?.row;
    return row?.calls instanceof Set ? row.calls.size : 0;
  };
  await eventually(async () => (await held()) === 1 || undefined);
  expect((await runtime.ask('relay.pending')).result.calls).toMatchObject([{ id, method: 'long' }]);
  runtime.reply(id, 'done');
  expect((await waiting).body.result).toBe('done');
  await eventually(async () => (await held()) === 0 || undefined);
  expect((await runtime.ask('relay.pending')).result).toEqual({ calls: [] });
  await runtime.close();
});
