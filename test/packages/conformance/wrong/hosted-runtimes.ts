/** Runtimes that are wrong in one thing, many in one process. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LaunchRuntime } from '../../../../packages/conformance/src/runtime/runtime-under-test';

/** Starts the process; `launch` starts a runtime with a fault in it. */
export function hostRuntimes(): { launch(fault: string): LaunchRuntime; stop(): void } {
  const host = fork(join(__dirname, 'runtime-host.mjs'), { stdio: 'inherit' });
  const ends = new Map<number, () => void>();
  let serial = 0;
  host.on('message', ({ runtime }: { runtime: number }) => ends.get(runtime)?.());
  const send = (message: object) => {
    if (host.connected) host.send(message, () => {});
  };
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
    stop: () => void host.kill(),
  };
}
