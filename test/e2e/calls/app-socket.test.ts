/** An App on a socket: its requests are calls, its own ids come back, and it hears of its runtime. */

import { WebSocket } from 'ws';
import { type Paired, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { echo, type OnCommand, TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

async function pair(onCommand?: OnCommand) {
  const paired = await household(relay.url, onCommand);
  return { ...paired, socket: await TestRuntime.connectApp(paired.app) };
}

const send = (socket: TestRuntime, id: unknown, method: string, more: object = {}) => {
  socket.send({ jsonrpc: '2.0', id, method, ...more });
  return socket.frame((frame) => frame.id === id && frame.type === 'res');
};

test.each([1, 'one', 0])('a request with the id %p is a call, answered under that id', async (id) => {
  const { runtime, socket } = await pair(echo);
  const answer = await send(socket, id, 'echo', { params: { say: id } });
  expect(answer).toMatchObject({
    jsonrpc: '2.0',
    id,
    ok: true,
    result: { say: id },
    meta: { outcome: 'answered' },
  });
  await Promise.all([runtime.close(), socket.close()]);
});

test('progress carries the id of the App', async () => {
  const { runtime, socket } = await pair((command, self) => {
    self.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id: command.id, seq: 0, data: 'half' } });
  });
  const answer = send(socket, 7, 'work');
  const progress = await socket.frame((frame) => frame.event === 'relay.progress');
  expect(progress.params).toEqual({ id: 7, seq: 0, data: 'half' });
  runtime.reply((await runtime.command()).id, 'whole');
  expect((await answer).result).toBe('whole');
  await Promise.all([runtime.close(), socket.close()]);
});

test("the runtime's error, a timeout and a cancelled call are errors of JSON-RPC with their outcome", async () => {
  const { runtime, socket } = await pair((command, self) => {
    if (command.method === 'fails') self.send({ id: command.id, error: { code: 9, message: 'no' } });
  });
  expect(await send(socket, 1, 'fails')).toMatchObject({
    error: { code: 9 },
    meta: { outcome: 'runtime-error' },
  });
  const late = await send(socket, 2, 'silent', { meta: { timeoutMs: 1000 } });
  expect(late.error.data).toMatchObject({ code: 'rpc_timeout', outcome: 'timed-out', retryable: true });
  const stopped = send(socket, 3, 'long');
  await runtime.command('long');
  expect((await send(socket, 4, 'relay.cancel', { params: { id: 3 } })).result).toEqual({
    id: 3,
    outcome: 'cancelled',
  });
  expect((await stopped).error.code).toBe('cancelled');
  await runtime.frame((frame) => frame.event === 'relay.cancel');
  await Promise.all([runtime.close(), socket.close()]);
});

test('relay.presence says when the runtime comes and goes, and a hand-over is neither', async () => {
  const { registered, runtime, socket } = await pair();
  expect((await send(socket, 1, 'relay.hello')).result).toMatchObject({ connected: true, protocol: 1 });
  const newer = await TestRuntime.connect(registered);
  await runtime.close();
  await newer.close();
  const left = await socket.frame((frame) => frame.event === 'relay.presence');
  expect(left.params).toMatchObject({ gatewayId: registered.gatewayId, connected: false });
  const back = await TestRuntime.connect(registered);
  const came = await socket.frame((frame) => frame.event === 'relay.presence' && frame.params.connected);
  expect(came.params.gatewayId).toBe(registered.gatewayId);
  await Promise.all([back.close(), socket.close()]);
});

test('a call with meta.id can be asked for by HTTP', async () => {
  const { runtime, app, socket } = await pair(echo);
  await send(socket, 1, 'echo', { params: 'kept', meta: { id: 'by-http' } });
  const answer = await request(relay.url, 'GET /api/relay/rpc/by-http', { credential: app.clientToken });
  expect(answer.body.result).toBe('kept');
  await Promise.all([runtime.close(), socket.close()]);
});

test('the same id on two sockets is two calls', async () => {
  const { runtime, app, socket } = await pair(echo);
  const second = await TestRuntime.connectApp(app);
  expect((await send(socket, 1, 'echo', { params: 'a' })).result).toBe('a');
  expect((await send(second, 1, 'echo', { params: 'b' })).result).toBe('b');
  await Promise.all([runtime.close(), socket.close(), second.close()]);
});

const refused = [
  ['a reserved method', { id: 1, method: 'relay.unknown' }, 'method'],
  ['a timeout over 14 minutes', { id: 1, method: 'm', meta: { timeoutMs: 840_001 } }, 'timeoutMs'],
  ['an id of other characters', { id: 1, method: 'm', meta: { id: 'a b' } }, 'id'],
] as const;
test.each(refused)('%s is refused by name, and the socket stays', async (_, frame, path) => {
  const { runtime, socket } = await pair(echo);
  socket.send({ jsonrpc: '2.0', ...frame });
  const { error } = await socket.frame((answer) => answer.error);
  expect([error.code, error.data.errors[0].path]).toEqual([-32600, path]);
  expect((await send(socket, 2, 'relay.ping')).ok).toBe(true);
  await Promise.all([runtime.close(), socket.close()]);
});

test("an App's socket answers for no runtime, and opens for no other gateway", async () => {
  const { runtime, app, socket } = await pair();
  const answer = send(socket, 1, 'm');
  const { id } = await runtime.command();
  socket.reply(id, 'forged');
  await send(socket, 2, 'relay.ping');
  runtime.reply(id, 'true');
  expect((await answer).result).toBe('true');
  const other = await register(relay.url);
  await expect(handshake(other.relayUrl, app)).rejects.toThrow('403');
  await Promise.all([runtime.close(), socket.close()]);
});

function handshake(relayUrl: string, app: Paired): Promise<void> {
  const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${app.clientToken}` } });
  return new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
}
