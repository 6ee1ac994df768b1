/** What is open when a credential ends does not outlive it by more than ten seconds. */
import { setTimeout } from 'node:timers/promises';
import { request } from '../../support/api';
import { openViewer } from '../../support/monitor/monitor';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

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
