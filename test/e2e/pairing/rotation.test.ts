/** What a credential that ended is still worth: nothing, whatever becomes of its sockets. */

import { call, redeem, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());
afterEach(() => {
  relay.host.aws.disturb = undefined;
});

const paired = () => household(relay.url);
const rotate = async (relaySecret: string) => {
  const answer = await request(relay.url, 'POST /api/relay/secret', { credential: relaySecret, body: {} });
  expect(answer.status).toBe(200);
  return answer.body as { gatewayId: string; relaySecret: string };
};
/** The management API refuses to close sockets, as it does when it is asked too often. */
const noCloses = () => {
  relay.host.aws.disturb = ({ operation }) =>
    operation === 'DeleteConnection'
      ? [{ kind: 'error', status: 429, code: 'LimitExceededException' }]
      : undefined;
};
const closing = (frame: { event?: string }) => frame.event === 'relay.closing';

test('a socket of a rotated secret whose close fails gets no command, and nothing that it says counts', async () => {
  const { registered, runtime: old, app } = await paired();
  const running = call(relay.url, app, { method: 'running', timeoutMs: 20_000 });
  const { id } = await old.command('running');
  // A call that has lasted for half a second is known to be under way; a shorter one is looked for again after 5 s.
  for (let listed = false; !listed; ) {
    const { calls } = (await old.ask('relay.pending')).result;
    listed = calls.some((owed: { method: string }) => owed.method === 'running');
  }
  noCloses();
  const rotated = await rotate(registered.relaySecret);
  const told = await old.frame(closing);
  expect(told.params).toMatchObject({ code: 4001 });
  old.reply(id, 'forged');
  old.send({ jsonrpc: '2.0', id: 'p', method: 'relay.pending' });
  old.send({ jsonrpc: '2.0', id: 'h', method: 'relay.hello', params: { features: ['params-by-reference'] } });
  const next = call(relay.url, app, { method: 'next', timeoutMs: 20_000 });
  const current = await TestRuntime.connect({ ...registered, ...rotated });
  const command = await current.command('next');
  const { calls } = (await current.ask('relay.pending')).result;
  expect(calls.map((owed: { method: string }) => owed.method)).toContain('running');
  current.reply(id, 'true');
  current.reply(command.id, 'true');
  expect([(await running).body.result, (await next).body.result]).toEqual(['true', 'true']);
  const asked = old.frames.indexOf(told);
  const later = old.frames.slice(asked);
  expect(later.filter((frame) => frame.type === 'res' || frame.method === 'next')).toEqual([]);
  relay.host.aws.disturb = undefined;
  await old.closed;
  await current.close();
});

test('a fifth socket of a runtime pushes out the oldest, which is told 4008, and the others go on', async () => {
  const registered = await register(relay.url);
  const five: TestRuntime[] = [];
  for (let n = 0; n < 5; n++) five.push(await TestRuntime.connect(registered, echo));
  expect((await five[0]!.frame(closing)).params).toMatchObject({ code: 4008 });
  await five[0]!.closed;
  const app = await redeem(relay.url, registered.accessCode);
  expect((await call(relay.url, app, { method: 'echo', params: 1 })).body.result).toBe(1);
  expect(await five[1]!.ask('relay.ping')).toHaveProperty('result');
  await Promise.all(five.slice(1).map((runtime) => runtime.close()));
});

test("a fifth socket of a client pushes out the oldest, and the runtime's coming is told to four alone", async () => {
  const registered = await register(relay.url);
  const app = await redeem(relay.url, registered.accessCode);
  const five: TestRuntime[] = [];
  for (let n = 0; n < 5; n++) five.push(await TestRuntime.connectApp(app));
  expect((await five[0]!.frame(closing)).params).toMatchObject({ code: 4008 });
  await five[0]!.closed;
  const runtime = await TestRuntime.connect(registered);
  const isPresence = (frame: { event?: string }) => frame.event === 'relay.presence';
  await Promise.all(five.slice(1).map((socket) => socket.frame(isPresence)));
  expect(five[0]!.frames.filter(isPresence)).toEqual([]);
  await Promise.all([runtime, ...five.slice(1)].map((socket) => socket.close()));
});

test("a revoked client's socket whose close fails gets nothing answered", async () => {
  const { registered, runtime, app } = await paired();
  const socket = await TestRuntime.connectApp(app);
  noCloses();
  await request(relay.url, `DELETE /api/relay/clients/${app.clientId}`, {
    credential: registered.relaySecret,
  });
  expect((await socket.frame(closing)).params).toMatchObject({ code: 4001 });
  expect((await socket.ask('echo')).error.data).toMatchObject({ code: 'unauthorized' });
  relay.host.aws.disturb = undefined;
  await socket.closed;
  await runtime.close();
});

test('a removed gateway closes all its sockets with 1000', async () => {
  const { registered, runtime, app } = await paired();
  const socket = await TestRuntime.connectApp(app);
  await request(relay.url, 'DELETE /api/relay/gateway', { credential: registered.relaySecret });
  for (const one of [runtime, socket])
    expect((await one.frame(closing)).params).toMatchObject({ code: 1000 });
  await Promise.all([runtime.closed, socket.closed]);
});
