/** What a function instance has seen of calls: never needed, only cheaper. */
import type { Lease } from '../pairing/ports';
import { limits } from '../wire/limits';
import { SharedMemory, ShortMemory } from '../wire/short-memory';
import { type CallRef, ownKeyLength, ownKeyOf } from './states';
import { progressEveryMs } from './tell-monitor';

/** How often one function instance looks at the same client's calls, in milliseconds: while many run, and before it refuses one. */
const lookEveryMs = { many: 1_000, full: 250 };

/** The id of the lease of a call that nobody waits for: it tells a call from another with its key. */
export function leaseIdOf(call: CallRef): string {
  return ownKeyOf(call) + call.nonce;
}

/** What stands in a lease's id behind the call's key: its nonce, or the mark of a waiter. */
export function leaseMarkOf({ id }: Lease): string {
  return id.slice(ownKeyLength);
}

/** The memory of one function instance. */
export class SeenCalls {
  private readonly ended = new ShortMemory<true>(limits.maxStreamTimeoutMs, 10_000);
  private readonly told = new ShortMemory<true>(progressEveryMs, 2_000);
  private readonly looked = {
    many: new SharedMemory<void>(lookEveryMs.many, 1_000),
    full: new SharedMemory<void>(lookEveryMs.full, 1_000),
  };

  /** This very call has ended. */
  noteEnd(call: CallRef, nowMs: number): void {
    this.ended.set(leaseIdOf(call), true, nowMs);
  }

  /** The call of this lease has ended. */
  noteLease({ id }: Lease, nowMs: number): void {
    this.ended.set(id, true, nowMs);
  }

  /** Whether a lease is known to be over: its time, or its call. */
  isOver({ id, untilMs }: Lease, nowMs: number): boolean {
    return untilMs <= nowMs || this.ended.get(id, nowMs) === true;
  }

  /** Whether the monitor may hear of a call's progress now; from now on it has. */
  mayTellProgress({ callKey, nonce }: CallRef, nowMs: number): boolean {
    const key = callKey + nonce;
    const may = this.told.get(key, nowMs) === undefined;
    if (may) this.told.set(key, true, nowMs);
    return may;
  }

  /**
   * Looks at a client's calls, unless that was done a moment ago: looking costs as much as all of them, and whoever is refused
   * again and again shall not make it dear. Who comes meanwhile waits for that look.
   */
  async lookOnce(
    { gatewayId, clientId }: { gatewayId: string; clientId: string },
    nowMs: number,
    why: keyof typeof lookEveryMs,
    look: () => Promise<void>,
  ): Promise<void> {
    await this.looked[why].recall(`${gatewayId} ${clientId}`, nowMs, look);
  }
}
