import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { call, redeem, request } from '../../support/api';
import { bounded, shapes } from '../../support/credential-arbitraries';
import { launchBrowser } from '../../support/monitor/chromium';
import { history, openStream, openViewer } from '../../support/monitor/monitor';
import { enterToken, openMonitor, waitUntilLive } from '../../support/monitor/monitor-steps';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

/** The page's own text, and all that it exports. */
async function shownOnPage(): Promise<string[]> {
  const browser = await launchBrowser();
  const { page } = await openMonitor(browser, `${relay.url}/monitor`);
  await enterToken(page, registrationToken);
  await waitUntilLive(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
  const exported = readFileSync(await download.path(), 'utf8');
  const shown = await page.content();
  await browser.close();
  expect(exported).toContain('relay.rpc.request');
  return [shown, exported];
}

/** One made-up credential of every shape, as the text that carries it and the part that must not be seen. */
const credentials: Array<[text: string, secret: string]> = [
  ...Object.values(shapes).map(
    (shape) =>
      fc.sample(
        shape.map((text): [string, string] => [text, text]),
        1,
      )[0]!,
  ),
  ...Object.values(bounded).map((shape) => fc.sample(shape, 1)[0]!),
];

test('credentials of every shape in every free field are in no event, history, stream or push', async () => {
  const [stream, viewer] = [await openStream(relay.url), await openViewer(relay.url)];
  const made: string[] = [];
  let gatewayId = '';
  for (const [n, [text]] of credentials.entries()) {
    const fields = {
      runtimeType: text.slice(0, 64),
      displayName: text.slice(0, 128),
      machineId: text.slice(0, 128),
    };
    const registered = await request(relay.url, 'POST /api/relay/register', {
      credential: registrationToken,
      body: { ...fields, capabilities: [text] },
      // One address registers 60 times a minute.
      from: `127.0.46.${1 + (n % 200)}`,
    });
    const { relaySecret, accessCode } = registered.body;
    gatewayId = registered.body.gatewayId;
    const runtime = await TestRuntime.connect(registered.body, (command, self) => {
      self.send({ jsonrpc: '2.0', id: command.id, error: { code: text, message: text, data: { text } } });
    });
    const app = await redeem(relay.url, accessCode, text.slice(0, 64));
    runtime.reply(text, text);
    await call(relay.url, app, { method: /^[\w.:/-]{1,128}$/.test(text) ? text : 'echo', params: { text } });
    await request(relay.url, 'POST /api/relay/register', {
      credential: encodeURI(text),
      body: fields,
      from: `127.0.46.${1 + (n % 200)}`,
    });
    await runtime.close();
    made.push(relaySecret, accessCode, app.clientToken);
  }
  // Not the address that looks at the monitor: its registration token would wait as well.
  const from = '127.0.47.1';
  // After ten wrong codes the source is closed; that is told as well.
  for (const [text] of credentials) {
    await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode: text }, from });
    await request(relay.url, 'POST /api/runtime-pairings/redeem', { body: { pairingCode: text }, from });
  }
  const gone = (type: string, id: string | undefined) =>
    type === 'relay.websocket.disconnected' && id === gatewayId;
  for (const viewed of [stream, viewer]) {
    await viewed.until((events) => events.some((event) => gone(event.type, event.gatewayId)));
  }
  const pages = [await history(relay.url, '?limit=500')];
  while (pages[0]!.nextBefore)
    pages.unshift(await history(relay.url, `?limit=500&before=${pages[0]!.nextBefore}`));
  const told = [
    stream.text(),
    JSON.stringify(viewer.events),
    JSON.stringify(pages),
    ...(await shownOnPage()),
  ];
  expect(pages.flatMap(({ events }) => events).length).toBeGreaterThan(credentials.length * 8);
  for (const text of told) {
    for (const [, secret] of credentials) expect(text).not.toContain(secret);
    for (const secret of [...made, registrationToken]) expect(text).not.toContain(secret);
  }
  stream.close();
  viewer.close();
}, 120_000);
