/** The calls of an App that were sealed: what was sent, so that a repeat sends the same, and the key that opens what comes back. */

import type { Sealed } from '../parcels/envelope';
import { fromBase64, toBase64 } from '../primitives/bytes';

/** Keeps the keys of running calls between two runs of an App, as a page that is loaded anew. They open answers, and seal nothing. */
export interface CallKeys {
  get(id: string): Promise<string | undefined> | string | undefined;
  put(id: string, key: string): Promise<void> | void;
  remove(id: string): Promise<void> | void;
}

/** A call that was sealed. */
export interface KnownCall {
  /** What was asked, hashed. */
  digest: Uint8Array;
  sealed: Sealed;
  down: Uint8Array;
  atMs: number;
}

/** A call lives 840 s at most, and its answer is kept for another 600. */
const keepMs = 1_500_000;
const maxSealedLength = 16 * 1024 * 1024;

/** A bounded record of them. */
export class KnownCalls {
  readonly #all = new Map<string, KnownCall>();
  #length = 0;

  constructor(private readonly keys: CallKeys | undefined) {}

  get(id: string): KnownCall | undefined {
    return this.#all.get(id);
  }

  /** Enters one; where keys are kept, before it is sent. */
  async put(id: string, call: KnownCall): Promise<void> {
    this.#forget(id);
    this.#all.set(id, call);
    this.#length += call.sealed.sealed.length;
    for (const [old, { atMs }] of this.#all) {
      if (old === id || (atMs > call.atMs - keepMs && this.#length <= maxSealedLength)) break;
      this.#forget(old);
    }
    await this.keys?.put(id, toBase64(call.down));
  }

  /** The key that opens what comes back of a call, from this run or an earlier one. */
  async keyOf(id: string): Promise<Uint8Array | undefined> {
    return this.#all.get(id)?.down ?? fromBase64(await this.keys?.get(id));
  }

  /** Its answer was read; a repeat under its id is answered still, while it is remembered. */
  async settle(id: string): Promise<void> {
    await this.keys?.remove(id);
  }

  #forget(id: string): void {
    this.#length -= this.#all.get(id)?.sealed.sealed.length ?? 0;
    this.#all.delete(id);
  }
}
