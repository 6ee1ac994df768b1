import { call, redeem, register } from '../support/api';
import { history, openStream } from '../support/monitor';
import { type Relay, startRelay } from '../support/relay';
import { echo, TestRuntime } from '../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

async function pair() {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  return { registered, runtime, app, gatewayId: registered.gatewayId };
}

test('one call is told as request, command, message and success, and the history has it', async () => {
  const stream = await openStream(relay.url);
  const { runtime, app, gatewayId } = await pair();
  await call(relay.url, app, { method: 'echo', params: { say: 'hello' } });
  const { rpcId } = await stream.event('relay.rpc.success', (event) => event.gatewayId === gatewayId);
  const told = stream.events.filter((event) => event.rpcId === rpcId);
  expect(told.map(({ type }) => type)).toEqual([
    'relay.rpc.request',
    'relay.rpc.command_sent',
    'relay.websocket.message',
    'relay.rpc.success',
  ]);
  for (const event of told)
    expect(event).toMatchObject({ gatewayId, clientId: app.clientId, method: 'echo' });
  expect(told.at(-1)).toMatchObject({ status: 200, outcome: 'success', durationMs: expect.any(Number) });
  const page = await history(relay.url, `?gatewayId=${gatewayId}&limit=500`);
  expect(page.events.filter((event) => event.rpcId === rpcId)).toEqual(told);
  expect(page.events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['relay.register.created', 'relay.websocket.connected', 'relay.redeem.success']),
  );
  stream.close();
  await runtime.close();
});
