/** Servers that are wrong in one thing: proxies before an honest one, all in one process. */
import { ownProcess } from './own-process';

/** Starts the process; `before` gives the address of a proxy with a fault. */
export function startProxies(): { before(target: string, fault: string): Promise<string>; stop(): void } {
  const { host, send, stop } = ownProcess('falsifying-proxy.mjs');
  const addresses = new Map<string, Promise<string>>();
  const waiting = new Map<string, (url: string) => void>();
  host.on('message', ({ fault, url }: { fault: string; url: string }) => waiting.get(fault)?.(url));
  return {
    before(target, fault) {
      if (!addresses.has(fault)) {
        addresses.set(fault, new Promise((resolve) => waiting.set(fault, resolve)));
        send({ fault, target });
      }
      return addresses.get(fault)!;
    },
    stop,
  };
}
