import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/monitor/chromium';
import { type Click, clickSlowly, lastPress, trickle, watchPresses } from '../../support/monitor/click-trial';
import { callEvents } from '../../support/monitor/monitor-events';
import { enterToken, openMonitor, waitUntilLive } from '../../support/monitor/monitor-steps';
import { buildPage, MonitorStub } from '../../support/monitor/monitor-stub';

const TOKEN = 'registration-token-of-a-test';
const GATEWAYS = ['gw_one', 'gw_two', 'gw_three', 'gw_four', 'gw_five'];

let browser: Browser;
let stub: MonitorStub;
let page: Page;
let traffic: ReturnType<typeof trickle>;

beforeAll(async () => {
  const [launched, built] = await Promise.all([launchBrowser(), buildPage()]);
  browser = launched;
  stub = new MonitorStub(built, { token: TOKEN });
  await stub.start();
  const now = Date.now();
  stub.events = GATEWAYS.flatMap((gatewayId, index) =>
    Array.from({ length: 6 }, (_, call) =>
      callEvents(`rpc_${gatewayId}_${call}`, now - 60_000 + index * 4000 + call * 500, { gatewayId }),
    ).flat(),
  ).sort((a, b) => (a.id < b.id ? -1 : 1));
  ({ page } = await openMonitor(browser, stub.url));
  await enterToken(page, TOKEN);
  await waitUntilLive(page);
  let count = 0;
  let rest: ReturnType<typeof callEvents> = [];
  traffic = trickle(() => {
    if (rest.length === 0) {
      count += 1;
      const gatewayId = GATEWAYS[(count * 7) % GATEWAYS.length]!;
      rest = callEvents(`rpc_live_${count}`, Date.now(), { gatewayId, durationMs: 300 });
    }
    stub.emit(rest.shift()!);
  });
});
afterAll(async () => {
  traffic?.stop();
  await browser?.close();
  await stub?.stop();
});

/** The middle of the nth row that can be seen. */
async function placeOf(selector: string, index: number) {
  const box = (await page.locator(selector).first().boundingBox())!;
  return { x: box.x + 60 + (index % 5) * 90, y: box.y + box.height * (1.5 + (index % 9)) };
}

/** How many clicks opened what they were on. */
const hitsOf = (clicks: readonly Click[]) =>
  clicks.filter(({ pressed, opened }) => pressed !== undefined && pressed === opened).length;

test('25 of 25 clicks on rows open what was under the pointer, at ten events a second', async () => {
  await watchPresses(page, '.rows > .row', 'id');
  const clicks: Click[] = [];
  for (let n = 0; n < 25; n += 1) {
    if (n === 0 || n === 13) await page.click(`[data-view="${n === 0 ? 'calls' : 'events'}"]`);
    const { x, y } = await placeOf('.row.head', n);
    await clickSlowly(page, x, y, traffic.next);
    const pressed = await lastPress(page);
    await page.waitForSelector('#detail[open]');
    const opened = await page.locator('#detail .dialog-body').getAttribute('data-id');
    clicks.push({ pressed, opened: opened ?? undefined });
    await page.keyboard.press('Escape');
    await page.mouse.move(5, 500);
  }
  expect(hitsOf(clicks)).toBe(25);
});

test('25 of 25 clicks on gateways choose the one under the pointer, at ten events a second', async () => {
  await watchPresses(page, '#gateways button', 'gatewayId');
  const clicks: Click[] = [];
  for (let n = 0; n < 25; n += 1) {
    const line = page.locator('#gateways button').nth(n % 5);
    await line.hover();
    const box = (await line.boundingBox())!;
    await clickSlowly(page, box.x + 20, box.y + 9, traffic.next);
    const pressed = await lastPress(page);
    const chosen = page.locator('#gateways [aria-pressed="true"]');
    clicks.push({ pressed, opened: (await chosen.getAttribute('data-gateway-id')) ?? undefined });
    await page.click('#filter-clear');
  }
  expect(hitsOf(clicks)).toBe(25);
});

test('a table under the pointer counts what waits, takes it in on demand, and moves on when the pointer leaves', async () => {
  const { x, y } = await placeOf('.row.head', 1);
  await page.mouse.move(x, y);
  const newest = () => page.locator('.rows > .row[aria-rowindex="2"]').getAttribute('data-id');
  const before = await newest();
  await page.waitForFunction(
    () => Number.parseInt(document.querySelector('#waiting')?.textContent ?? '', 10) >= 3,
  );
  expect(await newest()).toBe(before);
  await page.click('#waiting');
  const released = await newest();
  expect(released).not.toBe(before);
  await page.mouse.move(5, 500);
  await page.waitForFunction(
    (id) => document.querySelector<HTMLElement>('.rows > .row[aria-rowindex="2"]')?.dataset.id !== id,
    released,
  );
});
