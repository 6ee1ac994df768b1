/** Apps that are wrong in one thing, many in one process. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Launch } from '../../../../packages/conformance/src/app/app-under-test';

/** Starts the process; `launch` starts an App with a fault in it. */
export function hostApps(): { launch(fault: string): Launch; stop(): void } {
  const host = fork(join(__dirname, 'app-host.mjs'), { stdio: 'inherit' });
  const apps = new Map<number, { onLine(line: string): void; onEnd(): void }>();
  let serial = 0;
  host.on('message', ({ app, line }: { app: number; line: string }) => apps.get(app)?.onLine(line));
  host.on('exit', () => {
    for (const { onEnd } of apps.values()) onEnd();
  });
  const send = (message: object) => {
    if (host.connected) host.send(message, () => {});
  };
  return {
    launch: (fault) => (environment, onLine, onEnd) => {
      const app = ++serial;
      apps.set(app, { onLine, onEnd });
      send({ app, fault, start: environment });
      return {
        tell: (line) => send({ app, line }),
        async end() {
          apps.delete(app);
          send({ app, end: true });
        },
      };
    },
    stop: () => void host.kill(),
  };
}
