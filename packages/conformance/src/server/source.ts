/**
 * Where requests come from. The protocol counts failures and registrations by source: on this machine each case has an
 * address of its own (127.0.0.0/8), elsewhere all share one and wait for their turn.
 */
import { createServer } from 'node:net';

/** What a source may do in a minute, with room for what else runs here. */
const perMinute = { failure: 8, registration: 50 };
const minuteMs = 61_000;

/** What is counted by source. */
export type Counted = keyof typeof perMinute;

/** Gives addresses, or turns. */
export class Sources {
  private readonly spentAtMs: Record<Counted, number[]> = { failure: [], registration: [] };

  constructor(private readonly hasAddresses: boolean) {}

  /** For a server at this address. */
  static async of(url: string): Promise<Sources> {
    const { hostname } = new URL(url);
    const isHere = /^(127\.|localhost$)/.test(hostname);
    return new Sources(isHere && (await canLeaveFrom('127.91.1.1')));
  }

  /** Whether each case has an address of its own. */
  get areMany(): boolean {
    return this.hasAddresses;
  }

  /** A fresh address of this machine; `undefined` where there is but one. */
  next(): string | undefined {
    const part = () => 1 + Math.floor(Math.random() * 253);
    return this.hasAddresses ? `127.${64 + Math.floor(Math.random() * 64)}.${part()}.${part()}` : undefined;
  }

  /** Waits until one more of these is within what the one source may do. */
  async spend(what: Counted): Promise<void> {
    if (this.hasAddresses) return;
    const spent = this.spentAtMs[what];
    const last = spent.length < perMinute[what] ? 0 : spent[spent.length - perMinute[what]]! + minuteMs;
    const atMs = Math.max(Date.now(), last);
    spent.push(atMs);
    await new Promise((resolve) => setTimeout(resolve, atMs - Date.now()));
  }
}

async function canLeaveFrom(address: string): Promise<boolean> {
  const server = createServer();
  const can = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(0, address, () => resolve(true));
  });
  server.close();
  return can;
}
