/** The system's clock. */
import type { Clock } from '../core/wire/ports';

/** Epoch milliseconds, and a sleep that nothing wakes. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
