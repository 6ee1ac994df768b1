/** Calls that nobody waits for: sockets that come and go, tickets, and guards that are none. */

import type { SQSBatchResponse } from 'aws-lambda';
import { WebSocket } from 'ws';
import { type Paired, redeem, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { type Frame, TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const paired = () => household(relay.url);
const ask = (socket: TestRuntime, id: unknown, method: string, more: object = {}) =>
  socket.send({ jsonrpc: '2.0', id, method, ...more });
const answerTo = (socket: TestRuntime, id: unknown): Promise<Frame> =>
  socket.frame((frame) => frame.type === 'res' && frame.id === id);
const resume = (socket: TestRuntime, calls?: object[]) => socket.ask('relay.resume', calls ? { calls } : {});
const report = (runtime: TestRuntime, id: string, seq: number) =>
  runtime.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq, data: seq } });
const stepsOf = (socket: TestRuntime): number[] =>
  socket.frames.filter(({ event }) => event === 'relay.progress').map(({ params }) => params.seq);

test('an App that loses its socket in the middle of progress goes on where it was, on another', async () => {
  const { runtime, app } = await paired();
  const first = await TestRuntime.connectApp(app);
  ask(first, 1, 'm', { meta: { id: 'own', timeoutMs: 840_000 } });
  const { id } = await runtime.command();
  report(runtime, id, 0);
  report(runtime, id, 1);
  await first.frame(({ params }) => params?.seq === 1);
  first.socket.terminate();
  report(runtime, id, 2);
  const second = await TestRuntime.connectApp(app);
  expect((await resume(second, [{ id: 'own', afterSeq: 1 }])).result).toEqual({
    calls: [{ id: 'own', status: 'running' }],
  });
  report(runtime, id, 3);
  await second.frame(({ params }) => params?.seq === 3);
  runtime.reply(id, 'done');
  expect(await answerTo(second, 'own')).toMatchObject({ ok: true, result: 'done', meta: { id: 'own' } });
  expect([stepsOf(first), stepsOf(second)]).toEqual([
    [0, 1],
    [2, 3],
  ]);
  await Promise.all([runtime.close(), second.close()]);
});

test('the answer for a socket that newer ones took the place of is there for whoever resumes', async () => {
  const { runtime, app } = await paired();
  const oldest = await TestRuntime.connectApp(app);
  ask(oldest, 1, 'm', { meta: { id: 'own' } });
  const { id } = await runtime.command();
  const newer = [];
  for (let n = 0; n < 4; n++) newer.push(await TestRuntime.connectApp(app));
  await oldest.frame(({ event }) => event === 'relay.closing');
  await oldest.closed;
  runtime.reply(id, 'done');
  await runtime.ask('relay.ping');
  const { result } = await resume(newer[3]!, [{ id: 'own' }, { id: 'never-asked' }]);
  expect(result.calls).toEqual([
    { id: 'own', status: 'ended' },
    { id: 'never-asked', status: 'unknown' },
  ]);
  expect(await answerTo(newer[3]!, 'own')).toMatchObject({ result: 'done' });
  await Promise.all([runtime, ...newer].map((socket) => socket.close()));
});

test('two Apps whose requests have the same id of JSON-RPC are answered each its own', async () => {
  const { registered, runtime, app } = await paired();
  const code = await request(relay.url, 'POST /api/relay/codes', {
    credential: registered.relaySecret,
    body: {},
  });
  const apps = [app, await redeem(relay.url, code.body.accessCode)];
  const sockets = await Promise.all(apps.map((app) => TestRuntime.connectApp(app)));
  for (const [n, socket] of sockets.entries()) ask(socket, 1, `of-${n}`);
  for (const n of [1, 0]) runtime.reply((await runtime.command(`of-${n}`)).id, n);
  expect(
    (await Promise.all(sockets.map((socket) => answerTo(socket, 1)))).map(({ result }) => result),
  ).toEqual([0, 1]);
  await Promise.all([runtime, ...sockets].map((socket) => socket.close()));
});

test('the calls of a client that is revoked are cancelled, and a reply that comes later is refused', async () => {
  const { registered, runtime, app } = await paired();
  const socket = await TestRuntime.connectApp(app);
  ask(socket, 1, 'm');
  const { id } = await runtime.command();
  await request(relay.url, `DELETE /api/relay/clients/${app.clientId}`, {
    credential: registered.relaySecret,
  });
  await runtime.frame(({ event, params }) => event === 'relay.cancel' && params.id === id);
  runtime.reply(id, 'too late');
  await runtime.ask('relay.ping');
  await socket.closed;
  expect(socket.frames.filter(({ ok }) => ok)).toEqual([]);
  await runtime.close();
});

test('200 calls at one time on one socket: 64 run, the others hear of the quota, and all are answered', async () => {
  const { runtime, app } = await paired();
  const socket = await TestRuntime.connectApp(app);
  const ids = Array.from({ length: 200 }, (_, n) => `call-${n}`);
  for (const id of ids) ask(socket, id, 'm', { params: id, meta: { id } });
  const refusedIds = () =>
    socket.frames.filter(({ error }) => error?.data?.code === 'rate_limited').map(({ id }) => id);
  const commands = () => runtime.frames.filter(({ type }) => type === 'req');
  await socket.frame(() => refusedIds().length === 136);
  await runtime.frame(() => commands().length === 64);
  for (const { id, params } of commands()) runtime.reply(id, params);
  await socket.frame(() => socket.frames.filter(({ ok }) => ok).length === 64);
  // A refused one was not opened: its id is as good as new.
  const [again] = refusedIds();
  ask(socket, 'again', 'm', { params: again, meta: { id: again } });
  const { id } = await runtime.frame(({ type, params }) => type === 'req' && params === again);
  runtime.reply(id, 'at last');
  expect((await answerTo(socket, 'again')).result).toBe('at last');
  await Promise.all([runtime.close(), socket.close()]);
});

describe('a ticket', () => {
  const ticketOf = async ({ clientToken }: Paired) => {
    const issued = await request(relay.url, 'POST /api/relay/tickets', { credential: clientToken, body: {} });
    expect([issued.status, Date.parse(issued.body.expiresAt) > Date.now()]).toEqual([201, true]);
    return issued.body as { ticket: string; url: string };
  };
  const open = (url: string) =>
    new Promise<number | WebSocket>((resolve) => {
      const socket = new WebSocket(url);
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });

  test('opens one socket of its App, by its URL alone', async () => {
    const { runtime, app } = await paired();
    const { url } = await ticketOf(app);
    const socket = (await open(url)) as WebSocket;
    const answered = new Promise((resolve) =>
      socket.on('message', (data) => resolve(JSON.parse(String(data)))),
    );
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'm' }));
    runtime.reply((await runtime.command()).id, 'by ticket');
    expect(await answered).toMatchObject({ id: 1, result: 'by ticket' });
    expect(await open(url)).toBe(401);
    socket.close();
    await runtime.close();
  });
  test('is worth nothing once its client is revoked, and nowhere but on a socket', async () => {
    const { registered, runtime, app } = await paired();
    const { ticket, url } = await ticketOf(app);
    const status = await request(relay.url, 'GET /api/relay/status', { credential: ticket });
    expect(status.status).toBe(401);
    await request(relay.url, `DELETE /api/relay/clients/${app.clientId}`, {
      credential: registered.relaySecret,
    });
    expect(await open(url)).toBe(401);
    await runtime.close();
  });
  test('of one gateway opens no socket of another', async () => {
    const [one, other] = [await paired(), await paired()];
    const { ticket } = await ticketOf(one.app);
    const url = new URL(other.registered.relayUrl);
    url.searchParams.set('ticket', ticket);
    expect(await open(url.href)).toBe(403);
    await Promise.all([one.runtime.close(), other.runtime.close()]);
  });
});

test('of a batch of guards only those that are none come again, and end apart', async () => {
  const guard = { kind: 'call', callKey: 'k'.repeat(22), nonce: 'n'.repeat(8) };
  const bodies = [
    'nonsense',
    '{}',
    '{"kind":"__proto__"}',
    JSON.stringify({ kind: 'call', callKey: 7 }),
    JSON.stringify(guard),
  ];
  const Records = bodies.map((body, n) => ({ messageId: `message-${n}`, body }));
  const { functions } = relay.host;
  const { logicalId } = functions.definitions.find((each) => /^Guard[0-9A-F]{8}$/.test(each.logicalId))!;
  const outcome = await functions.invoke(logicalId, { Records });
  const { batchItemFailures } = (outcome as { payload: SQSBatchResponse }).payload;
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
    [0, 1, 2, 3].map((n) => `message-${n}`),
  );
  // Of what it holds nothing is logged.
  expect(relay.logged.filter((line) => line.includes('nonsense'))).toEqual([]);
});
