/** A streamed call: accepted, progress as it comes, one end; and a lost stream goes on where it stopped. */

import { call, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import type { OnCommand } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const pair = (onCommand?: OnCommand) => household(relay.url, onCommand);

const progress = (id: string, seq: number, data: unknown = { seq }) => ({
  jsonrpc: '2.0',
  method: 'relay.progress',
  params: { id, seq, data },
});
const seqs = (stream: CallStream) =>
  stream.events.filter(({ event }) => event === 'progress').map(({ data }) => data.seq);

test('accepted, each progress, one result, then the end', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm', id: 'st' });
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
  expect((await stream.event('accepted')).data).toEqual({ id: 'st' });
  const { id } = await runtime.command();
  runtime.send(progress(id, 0, 'one'));
  expect(await stream.event('progress')).toMatchObject({ id: '0', data: { id: 'st', seq: 0, data: 'one' } });
  runtime.send({ type: 'event', event: 'progress', payload: { id, seq: 1, data: 'two' } });
  expect(await stream.event('progress', 1)).toMatchObject({ id: '1', data: { data: 'two' } });
  runtime.reply(id, 'done');
  const { event, data } = await stream.last();
  expect([event, data]).toEqual([
    'result',
    { ok: true, id: 'st', result: 'done', durationMs: expect.any(Number) },
  ]);
  await runtime.close();
});

test('progress is passed on within 300 ms', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm' });
  const { id } = await runtime.command();
  const delays: number[] = [];
  for (let seq = 0; seq < 20; seq++) {
    const sentAtMs = Date.now();
    runtime.send(progress(id, seq));
    delays.push((await stream.event('progress', seq)).atMs - sentAtMs);
  }
  // One slow read of a busy machine is not the rule.
  expect(delays.sort((a, b) => a - b)[17]).toBeLessThan(300);
  runtime.reply(id, null);
  await stream.last();
  await runtime.close();
});

test('progress comes in the order of seq, each once, whatever order it was sent in', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm' });
  const { id } = await runtime.command();
  // Frames that come at once are handled side by side, each in an environment of its own: a cold start would be a gap.
  await Promise.all(Array.from({ length: 12 }, () => runtime.ask('relay.ping')));
  for (const seq of [2, 0, 1, 1, 3, 0, 5, 4, 5]) runtime.send(progress(id, seq));
  await stream.event('progress', 5);
  runtime.reply(id, 1);
  await stream.last();
  expect(seqs(stream)).toEqual([0, 1, 2, 3, 4, 5]);
  await runtime.close();
});

test('progress after the answer is not shown', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm', id: 'after' });
  const { id } = await runtime.command();
  runtime.reply(id, 1);
  await stream.last();
  runtime.send(progress(id, 0));
  await runtime.ask('relay.ping');
  const resumed = await CallStream.resume(relay.url, app, 'after');
  await resumed.last();
  expect(resumed.events.map(({ event }) => event)).toEqual(['accepted', 'result']);
  await runtime.close();
});

test('progress of another gateway is not shown', async () => {
  const { runtime, app } = await pair();
  const other = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm' });
  const { id } = await runtime.command();
  other.runtime.send(progress(id, 0, 'forged'));
  await other.runtime.ask('relay.ping');
  runtime.send(progress(id, 1, 'true'));
  await stream.event('progress');
  runtime.reply(id, 1);
  await stream.last();
  expect(seqs(stream)).toEqual([1]);
  await Promise.all([runtime.close(), other.runtime.close()]);
});

test('10,000 progress frames cost no more writes than the limit, and the call still ends', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm', id: 'flood', timeoutMs: 120_000 });
  const { id } = await runtime.command();
  relay.host.aws.meter.reset();
  for (let seq = 3_500; seq < 13_500; seq++) {
    runtime.send(progress(id, seq, ''));
    // A runtime that sends faster than its socket takes would meet its own buffers first.
    if (seq % 100 === 0) await runtime.ask('relay.ping');
  }
  await runtime.ask('relay.ping');
  runtime.reply(id, 'end');
  expect((await stream.last()).event).toBe('result');
  const writes = relay.host.aws.meter.calls.filter(
    ({ operation, resources }) => operation === 'PutItem' && resources.some((name) => name.includes('Rpcs')),
  );
  expect(writes).toHaveLength(500);
  const shown = seqs(stream);
  expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
  // Whoever asks again gets all that was kept.
  const again = await CallStream.resume(relay.url, app, 'flood');
  await again.last();
  expect(seqs(again)).toEqual(Array.from({ length: 500 }, (_, n) => 3_500 + n));
  await runtime.close();
}, 60_000);

test('a stream that was lost goes on after Last-Event-ID, and no progress is missed or doubled', async () => {
  const { runtime, app } = await pair();
  const lost = await CallStream.call(relay.url, app, { method: 'm', id: 'resume', timeoutMs: 60_000 });
  const { id } = await runtime.command();
  for (const seq of [0, 1, 2]) runtime.send(progress(id, seq));
  const { id: lastId } = await lost.event('progress', 2);
  lost.drop();
  for (const seq of [3, 4]) runtime.send(progress(id, seq));
  const resumed = await CallStream.resume(relay.url, app, 'resume', lastId);
  await resumed.event('progress', 1);
  runtime.send(progress(id, 5));
  await resumed.event('progress', 2);
  runtime.reply(id, 'whole');
  expect((await resumed.last()).data.result).toBe('whole');
  expect(seqs(resumed)).toEqual([3, 4, 5]);
  // And after the end the same is still there.
  const later = await CallStream.resume(relay.url, app, 'resume', 4);
  expect((await later.last()).data.result).toBe('whole');
  expect(seqs(later)).toEqual([5]);
  await runtime.close();
});

test('cancelling ends the stream, and the caller is told so', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm', id: 'halt', timeoutMs: 840_000 });
  const { id } = await runtime.command();
  await request(relay.url, 'POST /api/relay/rpc/halt/cancel', { credential: app.clientToken, body: {} });
  const { event, data } = await stream.last();
  expect([event, data.error.code]).toEqual(['error', 'cancelled']);
  expect((await runtime.frame((frame) => frame.event === 'relay.cancel')).params).toEqual({ id });
  await runtime.close();
});

test('a timeout and an error of the runtime are events with the JSON of the plain call', async () => {
  const { runtime, app } = await pair((command, self) => {
    if (command.method === 'fails') self.send({ id: command.id, error: { code: 7, message: 'no' } });
  });
  const failed = await CallStream.call(relay.url, app, { method: 'fails' });
  expect(await failed.last()).toMatchObject({ event: 'error', data: { ok: false, error: { code: 7 } } });
  const silent = await CallStream.call(relay.url, app, { method: 'silent', timeoutMs: 1000 });
  const problem = { code: 'rpc_timeout', status: 504, outcome: 'timed-out', requestId: expect.any(String) };
  expect(await silent.last()).toMatchObject({ event: 'error', data: problem });
  await runtime.close();
});

test('a comment comes at least every 15 s while nothing happens', async () => {
  const { runtime, app } = await pair();
  const stream = await CallStream.call(relay.url, app, { method: 'm', timeoutMs: 60_000 });
  const { atMs: since } = await stream.event('accepted');
  const { id } = await runtime.command();
  const { atMs } = await stream.event('comment');
  expect(atMs - since).toBeLessThan(15_000);
  runtime.reply(id, 1);
  await stream.last();
  await runtime.close();
});

test('a plain call may not wait as long as a stream', async () => {
  const { runtime, app } = await pair();
  expect((await call(relay.url, app, { method: 'm', timeoutMs: 60_000 })).status).toBe(400);
  const stream = await CallStream.call(relay.url, app, { method: 'm', timeoutMs: 840_001 });
  expect(stream.response.status).toBe(400);
  await runtime.close();
});

test('a well-formed traceparent reaches the runtime, any other does not', async () => {
  const { runtime, app } = await pair((command) => command.meta);
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const withTrace = (traceparent: string) =>
    call(relay.url, app, { method: 'm' }, { headers: { traceparent } }).then(
      ({ body }) => body.result.traceparent,
    );
  expect(await withTrace(trace)).toBe(trace);
  expect(await withTrace('00-zero')).toBeUndefined();
  await runtime.close();
});
