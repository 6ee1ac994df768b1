import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { seriousFaults } from '../../support/monitor/axe';
import { launchBrowser } from '../../support/monitor/chromium';
import { busyHour, callEvents, monitorEvent } from '../../support/monitor/monitor-events';
import {
  contrastOf,
  countRowElements,
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
import { type BuiltPage, buildPage, MonitorStub } from '../../support/monitor/monitor-stub';

const TOKEN = 'registration-token-of-a-test';
const SCREENSHOTS = join(__dirname, '../../screenshots');

let browser: Browser;
let built: BuiltPage;
let stub: MonitorStub;
let opened: OpenedMonitor[] = [];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  [browser, built] = await Promise.all([launchBrowser(), buildPage()]);
});
afterAll(async () => browser?.close());
beforeEach(async () => {
  stub = new MonitorStub(built, { token: TOKEN });
  await stub.start();
});
afterEach(async () => {
  const faults = (await Promise.all(opened.map((monitor) => monitor.faults()))).flat();
  await Promise.all(opened.map((monitor) => monitor.close()));
  opened = [];
  await stub.stop();
  expect(faults).toEqual([]);
});

async function open(options?: BrowserContextOptions) {
  const monitor = await openMonitor(browser, stub.url, options);
  opened.push(monitor);
  return monitor.page;
}

async function openLive(options?: BrowserContextOptions) {
  const page = await open(options);
  await enterToken(page, TOKEN);
  await waitUntilLive(page);
  return page;
}

const showEvents = (page: Page) => page.click('[data-view="events"]');

async function openEvents(options?: BrowserContextOptions) {
  const page = await openLive(options);
  await showEvents(page);
  return page;
}

test('the page weighs at most 80 KB as it travels', () => {
  expect(gzipSync(built.html, { level: 9 }).length).toBeLessThanOrEqual(80 * 1024);
});

test('the page loads nothing and its policy lets only its own script and style run', () => {
  expect(built.html).not.toMatch(/\s(src|href)="(?!data:|#)/);
  expect(built.html).not.toMatch(/<[^>]*\s(on[a-z]+|style)=/);
  const hash = "'sha256-[A-Za-z0-9+/]{43}='";
  expect(built.csp).toMatch(
    new RegExp(
      `^default-src 'none'; script-src ${hash}; style-src ${hash}; connect-src 'self'; img-src data:; `,
    ),
  );
  for (const directive of ['base-uri', 'form-action', 'frame-ancestors']) {
    expect(built.csp).toContain(`${directive} 'none'`);
  }
});

test('a wrong token is refused with a clear message and may be typed again', async () => {
  const page = await open();
  await enterToken(page, 'not-the-token-at-all');
  await page.waitForSelector('#gate-error');
  expect(await page.textContent('#gate')).toContain(
    'The token was not accepted. Check it and type it again.',
  );
  expect((await page.textContent('#gate'))?.match(/accepted|bearer|refused/gi)).toHaveLength(1);
  expect(await page.isVisible('#board')).toBe(false);
  await enterToken(page, TOKEN);
  await waitUntilLive(page);
});

test('the token is kept for the tab only, travels in the header only, and can be forgotten', async () => {
  const page = await openLive();
  const stores = await page.evaluate(() => [{ ...sessionStorage }, { ...localStorage }]);
  expect(Object.values(stores[0]!)).toEqual([TOKEN]);
  expect(JSON.stringify(stores[1])).not.toContain(TOKEN);
  expect(stub.requests.filter(({ url }) => url.includes(TOKEN))).toEqual([]);
  expect(new Set(stub.requests.map(({ authorization }) => authorization))).toEqual(
    new Set([undefined, `Bearer ${TOKEN}`]),
  );
  await page.reload();
  await waitUntilLive(page);
  await page.click('#leave');
  await page.waitForSelector('#gate');
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('a token that stops being valid is asked for again', async () => {
  const page = await openLive();
  stub.access = { token: 'another-registration-token' };
  stub.endConnections();
  await page.waitForSelector('#gate-error');
  expect(await page.isVisible('#board')).toBe(false);
});

test('under open registration a local viewer needs no token', async () => {
  stub.access = 'open';
  const page = await open();
  await waitUntilLive(page);
  expect(await page.isVisible('#gate')).toBe(false);
});

test('a viewer whom the server will never admit is told why, without a field for a token', async () => {
  stub.access = { refuse: 'Registration is open here: only this machine may watch.' };
  const page = await open();
  await page.waitForSelector('#gate');
  expect(await page.textContent('#gate-error')).toContain('only this machine may watch');
  expect(await page.isVisible('#token')).toBe(false);
  stub.access = 'open';
  await page.click('#gate-retry');
  await waitUntilLive(page);
});

test('an empty table says what to do', async () => {
  const page = await openLive();
  await waitForText(page, '#empty-title', 'No calls yet');
  await showEvents(page);
  await waitForText(page, '#empty-title', 'No events yet');
  expect(await page.isVisible('#empty-text')).toBe(true);
});

test('calls are the first view: one row a call, which goes on in its place until it has its answer', async () => {
  const page = await openLive();
  const call = callEvents('rpc_first', Date.now() - 2000, { durationMs: 2000 });
  stub.emit(...call.slice(0, 3));
  const row = page.locator('.rows > .row[data-id="rpc_first"]');
  await row.waitFor();
  expect(await row.textContent()).toMatch(/chat\.send.*Office desk.*openclaw.*4 steps.*running/);
  expect(await row.locator('.bar').count()).toBe(1);
  stub.emit(...call.slice(3));
  await row.locator('.badge[data-tone="good"]').waitFor();
  expect(await row.textContent()).toMatch(/answered.*2\.00 s/);
  await row.click();
  await waitForText(page, '#detail-title', 'chat.send');
  expect(await page.locator('#timeline li').count()).toBe(5);
  expect(await page.textContent('#call-fields')).toMatch(
    /Office desk.*openclaw.*4 steps.*412 B in, 1\.8 KB out/,
  );
  await page.locator('#timeline button').nth(2).click();
  expect(await page.textContent('#fields')).toContain('last seq 4');
});

test('events come in live, newest first', async () => {
  const page = await openEvents();
  const call = callEvents('rpc_live', Date.now());
  stub.emit(...call);
  await waitForNewestRow(page, 'relay.rpc.success');
  expect(await shownTypes(page)).toEqual(call.map(({ type }) => type).reverse());
  expect(await page.textContent('.rows > .row[aria-rowindex="2"] .badge')).toBe('answered');
});

test('a paused table stands still, counts what waits, and catches up', async () => {
  const page = await openEvents();
  stub.emit(monitorEvent('relay.register.created', Date.now()));
  await waitForNewestRow(page, 'relay.register.created');
  await page.keyboard.press('Escape');
  await page.focus('#grid');
  await page.keyboard.press('p');
  await waitForText(page, '#pause-text', 'Resume');
  stub.emit(...callEvents('rpc_waits', Date.now()));
  await waitForText(page, '#waiting', '4 new');
  expect(await shownTypes(page)).toEqual(['relay.register.created']);
  await page.click('#waiting');
  await waitForNewestRow(page, 'relay.rpc.success');
});

test('the table is narrowed by type, gateway, outcome and text, and what is shown is exported', async () => {
  stub.events = [
    ...callEvents('rpc_a', Date.now() - 9000, { gatewayId: 'gw_a' }),
    ...callEvents('rpc_b', Date.now() - 8000, { gatewayId: 'gw_b', outcome: 'timed-out', durationMs: 900 }),
  ];
  const page = await openEvents();
  await waitForText(page, '#shown', '7');
  await page.selectOption('#filter-gateway', 'gw_b');
  await waitForText(page, '#shown', '3 of 7');
  await page.selectOption('#filter-outcome', 'timed-out');
  await waitForText(page, '#shown', '1 of 7');
  await page.click('#filter-clear');
  await page.selectOption('#filter-type', 'relay.rpc.request');
  await waitForText(page, '#shown', '2 of 7');
  await page.keyboard.press('/');
  await page.fill('#filter-text', 'rpc_a');
  await waitForText(page, '#shown', '1 of 7');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
  expect(download.suggestedFilename()).toMatch(/^agenttown-events-.*\.ndjson$/);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([stub.events[0]]);
  await page.fill('#filter-text', 'no event has this');
  await waitForText(page, '#empty-title', 'Nothing matches');
});

test('an event opens whole, with its call as a timeline that goes on while it is looked at', async () => {
  const call = callEvents('rpc_seen', Date.now() - 2000);
  stub.events = call.slice(0, 2);
  const page = await openEvents();
  await openEvent(page, 'relay.rpc.command_sent');
  expect(await page.locator('#timeline li').allTextContents()).toEqual([
    expect.stringContaining('Request'),
    expect.stringContaining('Command sent'),
    expect.stringContaining('not yet'),
  ]);
  stub.emit(...call.slice(2));
  await page.waitForFunction(() => document.querySelectorAll('#timeline li').length === 4);
  await waitForText(page, '#timeline-summary', 'answered after 180 ms');
  expect(await page.textContent('#fields')).toContain('rpc_seen');
  await page.keyboard.press('Escape');
  expect(await page.locator('#detail[open]').count()).toBe(0);
});

test('the table is used by keyboard alone', async () => {
  stub.events = callEvents('rpc_keys', Date.now() - 2000);
  const page = await openLive();
  await page.keyboard.press('v');
  await waitForNewestRow(page, 'relay.rpc.success');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await waitForText(page, '#detail-title', 'relay.websocket.message');
  await page.keyboard.press('k');
  await waitForText(page, '#detail-title', 'relay.rpc.success');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.waitForSelector('#help[open]');
});

test('hostile text in events is shown as text and runs nothing', async () => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  stub.events = [
    monitorEvent(`relay.rpc.error${evil}`, Date.now(), {
      gatewayId: evil,
      runtimeType: evil,
      method: evil,
      outcome: evil,
      detail: evil,
      rpcId: evil,
      clientId: evil,
      displayName: evil,
      errorCode: evil,
    }),
  ];
  const page = await openEvents();
  await openEvent(page, 'relay.rpc.error');
  expect(await page.textContent('#fields')).toContain(evil);
  expect(await page.locator('#board img, #board script, #detail img, #detail script').count()).toBe(0);
  expect(await page.title()).toBe('AgentTown Monitor');
});

test('the charts are painted from the hour, and the gateways are listed', async () => {
  stub.events = busyHour(Date.now());
  const page = await openLive();
  await page.waitForFunction(() => Number(document.querySelector('#figure-calls')?.textContent) > 400);
  for (const chart of ['calls-chart', 'latency-chart']) {
    expect(await paintedPixels(page, chart)).toBeGreaterThan(2000);
  }
  expect(await page.locator('#gateways tr').count()).toBe(3);
  await waitForText(page, '#gateways-count', '2 of 3 connected');
  await page.click('#gateways tr:first-child button');
  await page.waitForFunction(() => document.querySelector('#shown')?.textContent?.includes(' of '));
});

test('a new user sees bars: charts begin with the first call, and the figures say what was before', async () => {
  stub.events = callEvents('rpc_one', Date.now() - 20_000);
  const page = await openLive();
  await waitForText(page, '#figure-calls', '1');
  expect(await page.textContent('.traffic')).toContain('Calls per 5 s');
  expect(await paintedPixels(page, 'calls-chart')).toBeGreaterThan(500);
  expect(await page.textContent('.figures')).toContain('before 0');
});

test('a drag over a chart chooses the time, for the tables as well, and the address of the page says so', async () => {
  stub.events = busyHour(Date.now());
  const page = await openLive();
  await page.waitForSelector('#calls-chart canvas');
  await page.waitForFunction(() => Number(document.querySelector('#figure-calls')?.textContent) > 400);
  const box = (await page.locator('#calls-chart .u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await page.waitForSelector('#range-fixed');
  const calls = Number(await page.textContent('#figure-calls'));
  expect(calls).toBeLessThan(250);
  const there = new URL(page.url()).hash;
  expect(there).toMatch(/^#from=2\d{3}-.*&to=2\d{3}-/);
  const other = await open();
  await enterToken(other, TOKEN);
  await waitUntilLive(other);
  await other.evaluate((hash) => {
    location.hash = hash;
  }, there);
  await waitForText(other, '#figure-calls', String(calls));
  await page.click('#range-fixed');
  await page.waitForSelector('[data-range="1h"][aria-pressed="true"]');
});

test('a link shows the same view, filter, range and call', async () => {
  stub.access = 'open';
  stub.events = [
    ...callEvents('rpc_far', Date.now() - 3 * 3_600_000, { method: 'chat.far' }),
    ...callEvents('rpc_near', Date.now() - 60_000),
  ].flat();
  const page = await open();
  await page.goto(`${stub.url}#range=6h&q=far&call=rpc_far`);
  await page.reload();
  await waitForText(page, '#detail-title', 'chat.far');
  await waitForText(page, '#shown', '1 of 2');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#detail', { state: 'detached' });
  expect(new URL(page.url()).hash).toBe('#range=6h&q=far');
});

test('a page that lost its server comes back by itself, resumes, and has what happened meanwhile', async () => {
  stub.passes.sockets = false;
  stub.events = callEvents('rpc_before', Date.now() - 5000);
  const page = await openEvents();
  await waitForNewestRow(page, 'relay.rpc.success');
  await stub.stop();
  await page.waitForSelector('#status[data-state="waiting"]');
  stub.events.push(monitorEvent('relay.client.revoked', Date.now()));
  await stub.start();
  await waitForNewestRow(page, 'relay.client.revoked');
  await waitUntilLive(page);
  const stream = stub.requests.filter(({ url }) => url.endsWith('/stream')).at(-1)!;
  expect(stream.lastEventId).toBe(stub.events.at(-2)!.id);
  expect(await page.isVisible('#lost')).toBe(false);
});

test('what a server forgot meanwhile is named as missing', async () => {
  stub.events = [monitorEvent('relay.rpc.request', Date.now() - 240_000)];
  const page = await openEvents();
  await stub.stop();
  await page.waitForSelector('#status[data-state="waiting"]');
  stub.events = [monitorEvent('relay.register.created', Date.now())];
  await stub.start();
  await page.waitForSelector('#lost');
  expect(await page.textContent('#lost-text')).toMatch(/^4 minutes could not be filled/);
});

test('five thousand events stay smooth: few rows exist, and the oldest can be scrolled to', async () => {
  const nowMs = Date.now();
  stub.events = Array.from({ length: 5200 }, (_, index) =>
    monitorEvent(
      index === 200 ? 'pairing.register.created' : 'relay.rpc.request',
      nowMs - (5200 - index) * 500,
    ),
  );
  const page = await openEvents();
  await waitForText(page, '#shown', '5,000');
  expect(await countRowElements(page)).toBeLessThan(60);
  await page.evaluate(() => {
    const grid = document.querySelector('#grid')!;
    grid.scrollTop = grid.scrollHeight;
  });
  await page.waitForFunction(() =>
    document.querySelector('.rows')?.textContent?.includes('pairing.register'),
  );
  stub.emit(...Array.from({ length: 1000 }, () => monitorEvent('relay.rpc.request', nowMs)));
  await waitForText(page, '#waiting', '1,000 new');
  expect(await countRowElements(page)).toBeLessThan(60);
  const mostRows = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const grid = document.querySelector('#grid')!;
        let [frames, most] = [0, 0];
        const step = () => {
          most = Math.max(most, document.querySelectorAll('.rows .row').length);
          grid.scrollTop -= 700;
          frames += 1;
          if (frames < 60) requestAnimationFrame(step);
          else resolve(most);
        };
        requestAnimationFrame(step);
      }),
  );
  expect(mostRows).toBeGreaterThan(0);
  expect(mostRows).toBeLessThan(60);
});

test.each([
  ['socket', { sockets: true, streams: true }],
  ['stream', { sockets: false, streams: true }],
  ['polling', { sockets: false, streams: false }],
] as const)(
  'events come by %s where that is the best that gets through, and the pill says so',
  async (way, passes) => {
    stub.passes = { ...passes };
    const page = await openEvents();
    await page.waitForSelector(`#status[data-way="${way}"]`);
    stub.emit(...callEvents('rpc_way', Date.now()));
    await waitForNewestRow(page, 'relay.rpc.success');
    expect(await page.textContent('#status-text')).toBe(way === 'socket' ? 'Live' : `Live · ${way}`);
  },
);

test('over a change from socket to stream to polling no event is lost', async () => {
  const page = await openEvents();
  await page.waitForSelector('#status[data-way="socket"]');
  const told: string[] = [];
  const tell = (name: string) => {
    const event = monitorEvent('relay.rpc.request', Date.now(), { method: name });
    told.push(event.id);
    return event;
  };
  stub.emit(tell('first'));
  for (const [way, passes] of [
    ['stream', { sockets: false, streams: true }],
    ['polling', { sockets: false, streams: false }],
  ] as const) {
    stub.passes = { ...passes };
    stub.emit(tell(`${way}-before`));
    stub.endConnections();
    stub.events.push(tell(`${way}-between`));
    await page.waitForSelector(`#status[data-way="${way}"]`);
    stub.emit(tell(`${way}-after`));
  }
  await page.waitForFunction(
    (ids) => ids.every((id) => document.querySelector(`.rows > .row[data-id="${id}"]`)),
    told,
  );
  expect(await page.locator('.rows > .row').count()).toBe(told.length);
});

const SCHEMES = ['light', 'dark'] as const;

test.each(SCHEMES)(
  'in the %s scheme every kind of text can be read against its ground',
  async (colorScheme) => {
    stub.events = busyHour(Date.now());
    const page = await openLive({ colorScheme, reducedMotion: 'reduce' });
    await waitForText(page, '#gateways-count', '2 of 3 connected');
    const kinds = [
      '#status',
      '.count',
      '.row.head span',
      '.cell-time',
      '.cell-method',
      '.cell-gateway small',
      '.figures .before',
      '.badge[data-tone="good"]',
    ];
    for (const kind of [...kinds, '.legend li', '#figure-failed', '.gateways small', '.gateways .state']) {
      expect([kind, (await contrastOf(page, kind)) >= 4.5]).toEqual([kind, true]);
    }
    await page.screenshot({ path: join(SCREENSHOTS, `board-${colorScheme}.png`) });
    await page.locator('.rows > .row', { hasText: 'runtime-error' }).first().click();
    await page.waitForSelector('#detail[open]');
    await page.screenshot({ path: join(SCREENSHOTS, `event-${colorScheme}.png`) });
  },
);

test.each(SCHEMES)('in the %s scheme axe finds no serious fault on any view', async (colorScheme) => {
  stub.events = busyHour(Date.now());
  stub.access = { token: TOKEN };
  const page = await open({ colorScheme, reducedMotion: 'reduce' });
  const faults: Record<string, unknown> = { gate: await seriousFaults(page) };
  await enterToken(page, TOKEN);
  await waitUntilLive(page);
  await waitForText(page, '#gateways-count', '2 of 3 connected');
  faults.calls = await seriousFaults(page);
  await page.locator('.rows > .row', { hasText: 'runtime-error' }).first().click();
  await page.locator('#timeline button').first().click();
  faults.detail = await seriousFaults(page);
  await page.keyboard.press('Escape');
  await showEvents(page);
  faults.events = await seriousFaults(page);
  await page.keyboard.press('?');
  await page.waitForSelector('#help[open]');
  faults.help = await seriousFaults(page);
  expect(faults).toEqual({ gate: [], calls: [], detail: [], events: [], help: [] });
});

test('the scheme can be chosen against that of the system, and is remembered', async () => {
  const page = await openLive({ colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.click('#theme');
  await page.click('#theme');
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await waitUntilLive(page);
  expect(await ground()).toBe(dark);
});

test.each(SCHEMES)('on a phone of 390 pixels in the %s scheme nothing is cut off', async (colorScheme) => {
  stub.events = busyHour(Date.now());
  const page = await openLive({ viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme });
  await page.waitForSelector('.rows > .row');
  for (const tab of ['traffic', 'gateways', 'calls', 'events']) {
    await page.tap(`.tabs [data-tab="${tab}"]`);
    await page.waitForSelector(
      tab === 'calls' ? '.grid.of-calls' : tab === 'events' ? '.grid.of-events' : `.panel.${tab}`,
    );
    if (tab === 'traffic') {
      await page.waitForSelector('#latency-chart canvas');
      expect(await paintedPixels(page, 'latency-chart')).toBeGreaterThan(1000);
    }
    expect(await overflowsSideways(page)).toBe(false);
    await page.screenshot({ path: join(SCREENSHOTS, `phone-${tab}-${colorScheme}.png`) });
  }
  const leave = (await page.locator('#leave').boundingBox())!;
  expect(leave.x + leave.width).toBeLessThanOrEqual(390);
  await openEvent(page, 'relay.rpc.success');
  expect(await overflowsSideways(page)).toBe(false);
});
