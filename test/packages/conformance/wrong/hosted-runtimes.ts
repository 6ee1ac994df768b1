/** Runtimes that are wrong in one thing, many in one process. */
import type { LaunchRuntime } from '../../../../packages/conformance/src/runtime/runtime-under-test';
import { ownProcess } from './own-process';

/** Starts the process; `launch` starts a runtime with a fault in it. */
export function hostRuntimes(): { launch(fault: string): LaunchRuntime; stop(): void } {
  const { host, send, stop } = ownProcess('runtime-host.mjs');
  const ends = new Map<number, () => void>();
  let serial = 0;
  host.on('message', ({ runtime }: { runtime: number }) => ends.get(runtime)?.());
  return {
    launch: (fault) => (environment) => {
      const runtime = ++serial;
      const ended = new Promise<number | null>((resolve) => ends.set(runtime, () => resolve(0)));
      send({ runtime, fault, start: environment });
      return {
        ended,
        async end() {
          send({ runtime, end: true });
          await ended;
        },
      };
    },
    stop,
  };
}
