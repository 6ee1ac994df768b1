/** Guards in memory: those whose time has come are taken, in any order that a test likes. */
import type { Guard, GuardQueue } from '../../../lambdas/core/wire/guards';

/** A queue by a clock. */
export function memoryGuards(clock: { now(): number }) {
  const waiting: Array<{ guard: Guard; atMs: number }> = [];
  const guards: GuardQueue = {
    async send(guard, inMs) {
      // SQS counts in whole seconds.
      waiting.push({ guard, atMs: clock.now() + Math.ceil(inMs / 1000) * 1000 });
    },
  };
  /** Takes the guards whose time has come. */
  const due = (): Guard[] => {
    const taken = waiting.filter(({ atMs }) => atMs <= clock.now());
    for (const each of taken) waiting.splice(waiting.indexOf(each), 1);
    return taken.map(({ guard }) => guard);
  };
  /** When the next one shows; undefined where none waits. */
  const nextAtMs = (): number | undefined =>
    waiting.length === 0 ? undefined : Math.min(...waiting.map(({ atMs }) => atMs));
  return { guards, waiting, due, nextAtMs };
}
