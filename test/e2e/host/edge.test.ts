import { startHost } from '../../../local/host';
import { FixtureClient } from '../../local/fixture-client';
import { call, redeem, register, request } from '../../support/api';
import { isolate, type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';
import { sharedAssembly } from '../../support/stack/shared-assembly';
import { withOptions } from '../../support/stack/synthesized';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ change: (assembly) => withOptions(assembly, { edge: 'true' }) });
});
afterAll(() => relay.stop());

test('relayUrl is complete in path form, and a runtime that connects there is called', async () => {
  const registered = await register(relay.url);
  expect(registered.relayUrl).toBe(`${relay.url.replace('http', 'ws')}/relay/${registered.gatewayId}`);
  const runtime = await TestRuntime.connect(registered, echo);
  const app = await redeem(relay.url, registered.accessCode);
  const { status, body } = await call(relay.url, app, { method: 'echo', params: 'through the edge' });
  expect([status, body.result]).toEqual([200, 'through the edge']);
  await runtime.close();
});

test.each(['path', 'query'])('the secret may stand in the query, the gateway in the %s', async (form) => {
  const { gatewayId, relaySecret, relayUrl } = await register(relay.url);
  const stage = relayUrl.slice(0, relayUrl.lastIndexOf('/'));
  const url =
    form === 'path'
      ? `${relayUrl}?secret=${relaySecret}`
      : `${stage}?gatewayId=${gatewayId}&secret=${relaySecret}`;
  const runtime = new FixtureClient(url);
  await runtime.opened;
  runtime.send({ jsonrpc: '2.0', id: 1, method: 'relay.hello' });
  expect(await runtime.next()).toMatchObject({ id: 1, result: { gatewayId } });
  runtime.socket.close();
  await runtime.closed;
});

test('a secret of another gateway than the one in the path is refused with 403, a wrong one with 401', async () => {
  const [one, other] = await Promise.all([register(relay.url), register(relay.url)]);
  const { relayUrl } = one;
  await expect(TestRuntime.connect({ relayUrl, relaySecret: other.relaySecret })).rejects.toThrow(
    'handshake 403',
  );
  await expect(TestRuntime.connect({ relayUrl, relaySecret: 'ats_wrong' })).rejects.toThrow('handshake 401');
});

test('no path below a gateway is a socket', async () => {
  const { relayUrl, relaySecret } = await register(relay.url);
  await expect(TestRuntime.connect({ relayUrl: `${relayUrl}/more`, relaySecret })).rejects.toThrow(
    'handshake 403',
  );
});

test('errors of API Gateway and of the functions come through as they are', async () => {
  const unknown = await request(relay.url, 'GET /nowhere');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
  const wrong = await request(relay.url, 'POST /api/relay/redeem', { text: 'no json' });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid_request']);
});

test("one caller's fault is nobody else's: the edge keeps no error of the stack", async () => {
  const registered = await register(relay.url);
  const status = async () =>
    (await request(relay.url, 'GET /api/relay/status', { credential: registered.relaySecret })).status;
  relay.host.aws.disturb = () => [{ kind: 'error', status: 400, code: 'ValidationException' }];
  expect(await status()).toBe(500);
  relay.host.aws.disturb = undefined;
  expect(await status()).toBe(200);
});

test('behind the edge the monitor still knows this machine under open registration, and nobody else', async () => {
  const assembly = sharedAssembly();
  withOptions(assembly, { edge: 'true', registration: 'open' });
  const open = await startHost({ assembly, isolate, onLog: () => {} });
  try {
    const mine = await request(open.url, 'GET /api/monitor/events');
    expect(mine.status).toBe(200);
    const elsewhere = await request(open.url, 'GET /api/monitor/events', {
      headers: { 'sec-fetch-site': 'cross-site', 'x-agenttown-viewer-host': 'localhost' },
    });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'forbidden']);
  } finally {
    await open.stop();
  }
});
