import type { Page } from 'playwright-core';

/** What one press was on, and what it opened. */
export interface Click {
  readonly pressed: string | undefined;
  readonly opened: string | undefined;
}

/** A trickle of traffic: `emit` is called every 100 ms, and `next` waits for the next time. */
export function trickle(emit: () => void): { next(): Promise<void>; stop(): void } {
  let waiting: Array<() => void> = [];
  const timer = setInterval(() => {
    emit();
    for (const wake of waiting.splice(0)) wake();
  }, 100);
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    stop() {
      clearInterval(timer);
      waiting = [];
    },
  };
}

/** Notes, from now on, the `data-*` member of whatever is under the pointer when a button goes down. */
export async function watchPresses(page: Page, selector: string, member: string): Promise<void> {
  await page.evaluate(
    ([wanted, name]) => {
      const holder = globalThis as unknown as { pressed?: string | undefined };
      document.addEventListener(
        'pointerdown',
        (event) => {
          holder.pressed = (event.target as Element).closest<HTMLElement>(wanted!)?.dataset[name!];
        },
        { capture: true },
      );
    },
    [selector, member],
  );
}

/** What {@link watchPresses} noted last. */
export async function lastPress(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (globalThis as unknown as { pressed?: string | undefined }).pressed);
}

/** A person's click: the pointer comes from elsewhere, and the button stays down while traffic goes on. */
export async function clickSlowly(
  page: Page,
  x: number,
  y: number,
  next: () => Promise<void>,
): Promise<void> {
  await page.mouse.move(x + 3, y + 2);
  await page.mouse.move(x, y);
  await next();
  await page.mouse.down();
  await next();
  await page.mouse.up();
}
