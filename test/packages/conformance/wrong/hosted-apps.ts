/** Apps that are wrong in one thing, many in one process. */
import type { Launch } from '../../../../packages/conformance/src/app/app-under-test';
import { ownProcess } from './own-process';

/** Starts the process; `launch` starts an App with a fault in it. */
export function hostApps(): { launch(fault: string): Launch; stop(): void } {
  const { host, send, stop } = ownProcess('app-host.mjs');
  const apps = new Map<number, { onLine(line: string): void; onEnd(): void }>();
  let serial = 0;
  host.on('message', ({ app, line }: { app: number; line: string }) => apps.get(app)?.onLine(line));
  host.on('exit', () => {
    for (const { onEnd } of apps.values()) onEnd();
  });
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
    stop,
  };
}
