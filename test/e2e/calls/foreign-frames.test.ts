/** Frames and replies about somebody else's call, and frames that only cost. */

import { call, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { household } from '../../support/household';
import { environmentsOf, isolate, type Relay, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const paired = () => household(relay.url);
const progress = (id: string, seq: number, data: unknown) => ({
  jsonrpc: '2.0',
  method: 'relay.progress',
  params: { id, seq, data },
});
/** The writes of the socket function to one table, as metered since the last reset. */
const writesTo = (table: string) =>
  relay.host.aws.meter.calls.filter(
    ({ caller, writeUnits, resources }) =>
      caller.startsWith('Socket') && writeUnits > 0 && resources.some((name) => name.startsWith(table)),
  );

test('a large reply from a socket of any other role leaves a stored answer whole', async () => {
  const { registered, runtime, app } = await paired();
  const stranger = await paired();
  const large = 'r'.repeat(90_000);
  const noise = () => Array.from({ length: 9_000 }, () => Math.random().toString(36).slice(2)).join('');
  const answer = call(relay.url, app, { method: 'm', id: 'kept' });
  const { id } = await runtime.command();
  const reply = await request(relay.url, `POST /api/relay/replies/${id}`, {
    credential: registered.relaySecret,
    body: { jsonrpc: '2.0', id, result: large + noise() },
  });
  expect(reply.status).toBe(202);
  const { result } = (await answer).body;
  const others = [
    stranger.runtime,
    await TestRuntime.connectApp(app),
    await TestRuntime.connectApp(stranger.app),
  ];
  relay.host.aws.meter.reset();
  for (const socket of others) {
    const whole = JSON.stringify({ jsonrpc: '2.0', id, result: noise() });
    const pieces = whole.match(/.{1,30000}/gs)!;
    for (const [n, piece] of pieces.entries()) socket.socket.send(piece, { fin: n === pieces.length - 1 });
    await socket.ask('relay.ping');
  }
  expect(writesTo('Rpcs').filter(({ operation }) => operation === 'PutItem')).toEqual([]);
  const again = await request(relay.url, 'GET /api/relay/rpc/kept', { credential: app.clientToken });
  expect([again.status, again.body.result]).toEqual([200, result]);
  await Promise.all([runtime, ...others].map((socket) => socket.close()));
});

test('foreign progress before, during and after leaves a stream as its own runtime tells it', async () => {
  const { runtime, app } = await paired();
  const stranger = await paired();
  const stream = await CallStream.call(relay.url, app, { method: 'm' });
  const { id } = await runtime.command();
  const flood = () => {
    for (let seq = 0; seq < 12; seq++) stranger.runtime.send(progress(id, seq, 'forged'));
    return stranger.runtime.ask('relay.ping');
  };
  await flood();
  for (let seq = 0; seq < 10; seq++) {
    if (seq === 5) await flood();
    runtime.send(progress(id, seq, 'true'));
    await stream.event('progress', seq);
  }
  runtime.reply(id, 'done');
  expect((await stream.last()).data).toMatchObject({ ok: true, result: 'done' });
  await flood();
  const told = stream.events
    .filter(({ event }) => event === 'progress')
    .map(({ data }) => [data.seq, data.data]);
  expect(told).toEqual(Array.from({ length: 10 }, (_, seq) => [seq, 'true']));
  await Promise.all([runtime.close(), stranger.runtime.close()]);
});

test('hostile frames about a call of others write nothing, and are told once a second', async () => {
  const { runtime, app } = await paired();
  const { runtime: stranger } = await paired();
  const answer = call(relay.url, app, { method: 'm' });
  const { id } = await runtime.command();
  stranger.reply(id, 'forged');
  await stranger.ask('relay.ping');
  relay.host.aws.meter.reset();
  for (let n = 0; n < 200; n++) {
    stranger.reply(id, n);
    stranger.send(progress(id, n, n));
  }
  await stranger.ask('relay.ping');
  // An environment that has not met a socket yet learns whose it is by one refused write: frames that come at once meet many.
  const strangers = isolate ? environmentsOf(relay, 'Socket') : 0;
  expect(writesTo('Rpcs').length).toBeLessThanOrEqual(strangers);
  expect(writesTo('Rpcs').filter(({ status }) => status === 200)).toEqual([]);
  expect(writesTo('Monitor').length).toBeLessThan(10 + strangers);
  runtime.reply(id, 'true');
  expect((await answer).body.result).toBe('true');
  await Promise.all([runtime.close(), stranger.close()]);
});
