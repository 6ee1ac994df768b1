import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core';
import { call, type Paired, redeem, register } from '../../support/api';
import { launchBrowser } from '../../support/monitor/chromium';
import {
  enterToken,
  type OpenedMonitor,
  openEvent,
  openMonitor,
  overflowsSideways,
  paintedPixels,
  shownTypes,
  waitForNewestRow,
  waitForText,
  waitUntilLive,
} from '../../support/monitor/monitor-steps';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

const screenshots = join(__dirname, '../../screenshots');
const dbFile = join(mkdtempSync(join(tmpdir(), 'pairing-monitor-')), 'tables.sqlite');

let relay: Relay;
let browser: Browser;
let runtime: TestRuntime;
let app: Paired;
const opened: OpenedMonitor[] = [];

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [relay, browser] = await Promise.all([startRelay({ dbFile }), launchBrowser()]);
  const registered = await register(relay.url);
  runtime = await TestRuntime.connect(registered, echo);
  app = await redeem(relay.url, registered.accessCode);
});
afterAll(async () => {
  await browser?.close();
  await relay?.stop();
});
afterEach(async () => {
  const faults = (await Promise.all(opened.map((monitor) => monitor.faults()))).flat();
  await Promise.all(opened.splice(0).map((monitor) => monitor.close()));
  expect(faults).toEqual([]);
});

async function open(options?: BrowserContextOptions) {
  const monitor = await openMonitor(browser, `${relay.url}/monitor`, options);
  opened.push(monitor);
  return monitor.page;
}

async function openLive(options?: BrowserContextOptions) {
  const page = await open(options);
  await enterToken(page, registrationToken);
  await waitUntilLive(page);
  return page;
}

/** The table of events; that of calls is the first view. */
async function openEvents(options?: BrowserContextOptions) {
  const page = await openLive(options);
  await page.click('[data-view="events"]');
  return page;
}

/** Waits until a call has been told to its end. */
async function waitForCall(page: Page, method: string) {
  await page.waitForFunction((wanted) => {
    const newest = document.querySelector('.rows > .row[aria-rowindex="2"]');
    return newest?.textContent?.includes(wanted) && newest.textContent.includes('relay.rpc.success');
  }, method);
}

const say = (method: string) => call(relay.url, app, { method, params: { secret: 'of nobody' } });

test('a wrong token is refused, the right one opens the board', async () => {
  const page = await open();
  await enterToken(page, 'not-the-token-at-all');
  await page.waitForSelector('#gate-error');
  expect(await page.isVisible('#board')).toBe(false);
  await enterToken(page, registrationToken);
  await waitUntilLive(page);
});

test("the page's policy lets it open the relay's socket, and nothing else of elsewhere", async () => {
  const { headers } = await fetch(`${relay.url}/monitor`);
  expect(headers.get('content-security-policy')).toContain(
    `connect-src 'self' ${relay.url.replace('http', 'ws')};`,
  );
});

test('a server that was not asked to shows no payloads, and the page says nothing of any', async () => {
  const page = await openLive();
  await say('not.shown');
  const asked = page.waitForResponse((response) => response.url().includes('/local/'));
  await page.locator('.rows > .row', { hasText: 'not.shown' }).first().click();
  expect((await asked).status()).toBeGreaterThanOrEqual(400);
  await page.waitForSelector('#call-fields');
  expect(await page.locator('#payloads').count()).toBe(0);
});

test('a sealed call shows as such, with its sizes and nothing of what it says', async () => {
  const page = await openLive();
  await say('sealed');
  const row = page.locator('.rows > .row', { hasText: 'sealed' }).first();
  await row.locator('.cell-method[title^="Sealed between the App and its runtime"] svg').waitFor();
});

test('events come over a socket, and where sockets are blocked over the stream', async () => {
  const page = await openLive();
  await page.waitForSelector('#status[data-way="socket"]');
  await say('over.socket');
  await page
    .locator('.rows > .row', { hasText: 'over.socket' })
    .locator('.badge[data-tone="good"]')
    .waitFor();
  const blocked = await open();
  await blocked.routeWebSocket(/relay/, (socket) => socket.close());
  await enterToken(blocked, registrationToken);
  await blocked.waitForSelector('#status[data-way="stream"]');
  await say('over.stream');
  await blocked
    .locator('.rows > .row', { hasText: 'over.stream' })
    .locator('.badge[data-tone="good"]')
    .waitFor();
});

test('a socket that is cut and from then on blocked costs no event, and none is shown twice', async () => {
  const page = await open();
  let isBlocked = false;
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/relay/, (socket) => {
    if (isBlocked) return void socket.close();
    socket.connectToServer();
    sockets.push(socket);
  });
  await enterToken(page, registrationToken);
  await page.waitForSelector('#status[data-way="socket"]');
  await page.click('[data-view="events"]');
  const methods = [...'abcdefgh'].map((letter) => `change.of.way.${letter}`);
  for (const [n, method] of methods.entries()) {
    if (n === 4) {
      isBlocked = true;
      await Promise.all(sockets.map((socket) => socket.close()));
    }
    await say(method);
  }
  await page.waitForSelector('#status[data-way="stream"]');
  for (const method of methods) {
    const rows = page.locator('.rows > .row', { hasText: method });
    await rows.filter({ hasText: 'relay.rpc.success' }).waitFor();
    await page.waitForFunction(
      (text) =>
        [...document.querySelectorAll('.rows > .row')].filter((row) => row.textContent?.includes(text))
          .length >= 4,
      method,
    );
    expect(await rows.count()).toBe(4);
  }
});

test('a call appears while one looks, newest first, and opens as a timeline', async () => {
  const page = await openEvents();
  await say('chat.send');
  await waitForNewestRow(page, 'relay.rpc.success');
  expect((await shownTypes(page)).slice(0, 4)).toEqual([
    'relay.rpc.success',
    'relay.websocket.message',
    'relay.rpc.command_sent',
    'relay.rpc.request',
  ]);
  await openEvent(page, 'relay.rpc.success');
  await page.waitForFunction(() => document.querySelectorAll('#timeline li').length === 4);
  expect(await page.textContent('#fields')).toContain(app.gatewayId);
});

test('the table is paused and narrowed', async () => {
  const page = await openEvents();
  // A method of its own: rows of earlier tests must not pass for this call's.
  await say('sessions.first');
  await waitForCall(page, 'sessions.first');
  await page.selectOption('#filter-type', 'relay.rpc.request');
  await page.waitForFunction(() => document.querySelector('#shown')?.textContent?.includes(' of '));
  expect(new Set(await shownTypes(page))).toEqual(new Set(['relay.rpc.request']));
  await page.click('#filter-clear');
  await page.focus('#grid');
  await page.keyboard.press('p');
  await waitForText(page, '#pause-text', 'Resume');
  await say('sessions.list');
  await waitForText(page, '#waiting', '4 new');
});

test('the charts are drawn from the calls, and the gateway is listed as connected', async () => {
  for (let n = 0; n < 10; n++) await say('agent.status');
  const page = await openLive();
  await page.waitForFunction(() => Number(document.querySelector('#figure-calls')?.textContent) >= 10);
  expect(await paintedPixels(page, 'calls-chart')).toBeGreaterThan(200);
  await waitForText(page, '#gateways-count', '1 of 1 connected');
});

test.each(['light', 'dark'] as const)(
  'in the %s scheme, wide and on a phone, all of it fits',
  async (colorScheme) => {
    const page = await openLive({ colorScheme });
    await page.waitForSelector('.rows > .row');
    await page.screenshot({ path: join(screenshots, `host-${colorScheme}.png`) });
    const phone = await openLive({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
    await phone.waitForSelector('.rows > .row');
    expect(await overflowsSideways(phone)).toBe(false);
    await phone.screenshot({ path: join(screenshots, `host-phone-${colorScheme}.png`) });
  },
);

test('when the server restarts, the page comes back by itself and misses nothing', async () => {
  const page = await openEvents();
  await say('before.restart');
  await waitForNewestRow(page, 'relay.rpc.success');
  const { port } = new URL(relay.url);
  await runtime.close();
  await relay.stop();
  await page.waitForSelector('#status[data-state="waiting"]');
  relay = await startRelay({ dbFile, port: Number(port) });
  await call(relay.url, app, { method: 'after.restart', timeoutMs: 1_000 });
  await waitForNewestRow(page, 'relay.rpc.offline');
  await waitUntilLive(page);
  expect(await page.isVisible('#lost')).toBe(false);
});
