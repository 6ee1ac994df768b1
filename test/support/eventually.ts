import { setImmediate } from 'node:timers/promises';

/** Waits for what happens after an answer has left; jest's own timeout ends a wait in vain. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await setImmediate();
  }
}
