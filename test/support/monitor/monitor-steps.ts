import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A monitor page in a browser context of its own. */
export interface OpenedMonitor {
  readonly page: Page;
  /** What the page did wrong so far: policy violations and uncaught errors. Expected to stay empty. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens the page at a URL and watches it from its first line on. */
export async function openMonitor(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedMonitor> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  });
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(globalThis, { violations });
    document.addEventListener('securitypolicyviolation', (event) =>
      violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(url);
  return {
    page,
    async faults() {
      const violations = await page.evaluate(
        () => (globalThis as unknown as { violations: string[] }).violations,
      );
      return [...errors, ...violations];
    },
    close: () => context.close(),
  };
}

/** Types a token into the gate and sends it. */
export async function enterToken(page: Page, token: string): Promise<void> {
  await page.fill('#token', token);
  await page.press('#token', 'Enter');
}

/** Waits until the pill says that events are live. */
export async function waitUntilLive(page: Page): Promise<void> {
  await page.waitForSelector('#status[data-state="live"]');
}

/** Waits until the newest row of the table shows a type. */
export async function waitForNewestRow(page: Page, type: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const newest = document.querySelector('.rows > .row[aria-rowindex="2"] .cell-type');
    return newest?.textContent === wanted;
  }, type);
}

/** Waits until an element's text is exactly this. */
export async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([where, wanted]) => document.querySelector(where!)?.textContent?.trim() === wanted,
    [selector, text],
  );
}

/** The types in the rows that exist, newest first. */
export async function shownTypes(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.rows > .row')]
      .sort((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
      .map((row) => row.querySelector('.cell-type')?.textContent ?? ''),
  );
}

/** How many rows exist in the document, shown or spare. */
export async function countRowElements(page: Page): Promise<number> {
  return page.locator('.rows > .row').count();
}

/** How many pixels of a chart are painted. */
export async function paintedPixels(page: Page, chartId: string): Promise<number> {
  return page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`#${id} canvas`);
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let painted = 0;
    for (let index = 3; index < data.length; index += 4) if (data[index]! > 0) painted += 1;
    return painted;
  }, chartId);
}

/** Opens the newest row of a type and waits for its dialog. */
export async function openEvent(page: Page, type: string): Promise<void> {
  await page.locator('.rows > .row', { hasText: type }).first().click();
  await page.waitForSelector('#detail[open]');
}

/** Whether anything makes the page scroll sideways. */
export async function overflowsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** The contrast between an element's text and the first opaque colour behind it, as WCAG 2 counts it. */
export async function contrastOf(page: Page, selector: string): Promise<number> {
  return page.evaluate((wanted) => {
    const channelsOf = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminanceOf = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const element = document.querySelector(wanted)!;
    let behind: Element | null = element;
    while (behind && (channelsOf(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) {
      behind = behind.parentElement;
    }
    const text = luminanceOf(getComputedStyle(element).color);
    const ground = luminanceOf(getComputedStyle(behind ?? document.body).backgroundColor);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  }, selector);
}
