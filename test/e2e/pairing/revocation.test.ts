import { setTimeout } from 'node:timers/promises';
/** What is open when a credential ends does not outlive it by more than ten seconds. */
import { call, redeem, register, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { openViewer } from '../../support/monitor/monitor';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const progress = (id: string, seq: number) => ({
  jsonrpc: '2.0',
  method: 'relay.progress',
  params: { id, seq, data: seq },
});

test("a revoked client's streams and waiting calls end with unauthorized, and its runtime is told", async () => {
  const registered = await register(relay.url);
  const runtime = await TestRuntime.connect(registered);
  const app = await redeem(relay.url, registered.accessCode);
  const streams = await Promise.all(
    ['a', 'b', 'c'].map((method) => CallStream.call(relay.url, app, { method, timeoutMs: 60_000 })),
  );
  const resumed = await CallStream.call(relay.url, app, { method: 'd', id: 'd', timeoutMs: 60_000 });
  resumed.drop();
  streams.push(await CallStream.resume(relay.url, app, 'd'));
  const waiting = call(relay.url, app, { method: 'plain', timeoutMs: 50_000 });
  const { id } = await runtime.command('a');
  await runtime.command('plain');
  const revoked = await request(relay.url, `DELETE /api/relay/clients/${app.clientId}`, {
    credential: registered.relaySecret,
  });
  const revokedAtMs = Date.now();
  expect(revoked.status).toBe(204);
  const ends = await Promise.all(streams.map((stream) => stream.last()));
  for (const { event, data } of ends) expect([event, data.code]).toEqual(['error', 'unauthorized']);
  expect((await waiting).status).toBe(401);
  expect(Date.now() - revokedAtMs).toBeLessThan(10_000);
  await runtime.frame((frame) => frame.event === 'relay.cancel' && frame.params.id === id);
  runtime.send(progress(id, 0));
  runtime.reply(id, 'too late');
  await runtime.ask('relay.ping');
  expect(streams[0]!.events.filter(({ event }) => event === 'progress' || event === 'result')).toEqual([]);
  await runtime.close();
});

test('as many watch as may, the next is refused with the time to wait, and a place that is free is taken', async () => {
  const viewers = await Promise.all(Array.from({ length: 20 }, () => openViewer(relay.url)));
  const refused = await request(relay.url, 'GET /api/monitor/stream', { credential: registrationToken });
  expect([refused.status, refused.body.code, refused.body.retryAfterMs]).toEqual([
    429,
    'rate_limited',
    expect.any(Number),
  ]);
  await expect(openViewer(relay.url)).rejects.toThrow('429');
  viewers[0]!.close();
  await viewers[0]!.closed;
  await relay.host.webSockets[0]!.settled();
  viewers.push(await openViewer(relay.url));
  for (const viewer of viewers) viewer.close();
  await Promise.all(viewers.map(({ closed }) => closed));
  await relay.host.webSockets[0]!.settled();
});

test('a monitor stream and a viewer do not outlive the registration token that let them in', async () => {
  const stream = await fetch(`${relay.url}/api/monitor/stream`, {
    headers: { authorization: `Bearer ${registrationToken}` },
  });
  const text = stream.text();
  const viewer = await openViewer(relay.url);
  const { secrets, resolver } = relay.host.aws;
  const { logicalId } = resolver.ofType('AWS::SecretsManager::Secret')[0]!;
  secrets.set(logicalId, 'another-registration-token');
  const changedAtMs = Date.now();
  expect(await text).toMatch(/event: error\ndata: .*"code":"unauthorized"/);
  expect(Date.now() - changedAtMs).toBeLessThan(10_000);
  // A viewer is looked at when there is something to show it.
  let isOpen = true;
  void viewer.closed.then(() => {
    isOpen = false;
  });
  for (let n = 1; isOpen; n++) {
    const old = await request(relay.url, 'POST /api/relay/register', {
      credential: registrationToken,
      body: { runtimeType: 'openclaw' },
      from: `127.0.48.${n}`,
    });
    expect(old.status).toBe(401);
    await Promise.race([viewer.closed, setTimeout(500)]);
  }
  // Whoever pushes knows the token for some seconds; ten seconds later nothing reaches the viewer any more.
  const late = viewer.events.filter(({ time }) => Date.parse(time) > changedAtMs + 10_000);
  expect(late).toEqual([]);
}, 60_000);
