/** Much at once, and soon: redeems of one code, calls of many, steps in floods. */
import { register, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { echo } from '../../support/runtime';
import { callBy, hangUp, ways } from '../../support/ways';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

test('of 50 simultaneous redeems of one code exactly one succeeds', async () => {
  const { accessCode } = await register(relay.url);
  const tries = Array.from({ length: 50 }, (_, n) =>
    request(relay.url, 'POST /api/relay/redeem', { body: { accessCode }, from: `127.0.7.${n + 1}` }),
  );
  const statuses = (await Promise.all(tries)).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 404)).toHaveLength(49);
});

test('20 runtimes answer 200 simultaneous calls of both ways, and no answer is crossed', async () => {
  // One after the other: more than ten redeems at once from one address take turns.
  const pairs: Array<Awaited<ReturnType<typeof household>>> = [];
  while (pairs.length < 20) pairs.push(await household(relay.url, echo));
  const calls = Array.from({ length: 200 }, async (_, n) => {
    const { app } = pairs[n % pairs.length]!;
    const way = ways[Math.floor(n / pairs.length) % ways.length]!;
    const params = { n, to: app.gatewayId };
    const { status, body } = await callBy(way, relay.url, app, { method: 'echo', params });
    expect([status, body.result]).toEqual([200, { n, to: app.gatewayId }]);
  });
  await Promise.all(calls);
  await hangUp();
  await Promise.all(pairs.map(({ runtime }) => runtime.close()));
});

const progress = (id: string, seq: number, data: unknown = { seq }) => ({
  jsonrpc: '2.0',
  method: 'relay.progress',
  params: { id, seq, data },
});
const seqs = (stream: CallStream) =>
  stream.events.filter(({ event }) => event === 'progress').map(({ data }) => data.seq);

test('progress is passed on within 300 ms', async () => {
  const { runtime, app } = await household(relay.url);
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

test('10,000 progress frames cost no more writes than the limit, and the call still ends', async () => {
  const { runtime, app } = await household(relay.url);
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
