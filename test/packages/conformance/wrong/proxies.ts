/** Servers that are wrong in one thing: proxies before an honest one, all in one process. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Starts the process; `before` gives the address of a proxy with a fault. */
export function startProxies(): { before(target: string, fault: string): Promise<string>; stop(): void } {
  const host = fork(join(__dirname, 'falsifying-proxy.mjs'), { stdio: 'inherit' });
  const addresses = new Map<string, Promise<string>>();
  const waiting = new Map<string, (url: string) => void>();
  host.on('message', ({ fault, url }: { fault: string; url: string }) => waiting.get(fault)?.(url));
  return {
    before(target, fault) {
      if (!addresses.has(fault)) {
        addresses.set(fault, new Promise((resolve) => waiting.set(fault, resolve)));
        host.send({ fault, target });
      }
      return addresses.get(fault)!;
    },
    stop: () => void host.kill(),
  };
}
