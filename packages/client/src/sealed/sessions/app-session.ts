/** The App's sessions: a fresh handshake for each start of the App, and after an hour. Nothing of one is ever kept. */
import type { PlainCall, SealEnds } from '../../wire/seal';
import { SealBroken } from '../errors';
import { sessionNameBytes } from '../parcels/envelope';
import { endsAsBytes } from '../parcels/keys';
import { fromBase64, isSame, toBase64 } from '../primitives/bytes';
import { Handshake, type Keys } from '../primitives/noise';

/** The method that opens a session: `{ v, hello }` for `{ hello }`. */
export const openMethod = 'seal.open';

/** A session; its calls are numbered. */
export interface AppSession {
  name: Uint8Array;
  keys: Keys;
  nextN: number;
  openedAtMs: number;
}

/** How long an App begins calls in one session, in milliseconds, and how many. */
const maxAgeMs = 3_600_000;
const maxCalls = 4_096;

/** Opens sessions when they are needed. */
export class AppSessions {
  #opening: Promise<AppSession> | undefined;
  #open: AppSession | undefined;

  constructor(
    private readonly ask: PlainCall,
    private readonly pairingKey: Uint8Array,
    private readonly ends: SealEnds,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The session for the next call, and the call's number in it. */
  async take(): Promise<{ session: AppSession; n: number }> {
    const old = this.#open;
    if (old && (old.nextN >= maxCalls || this.now() - old.openedAtMs >= maxAgeMs)) this.leave(old.name);
    const session = this.#open ?? (await this.#shakeOnce());
    return { session, n: session.nextN++ };
  }

  /** The runtime knows this session no more. */
  leave(name: Uint8Array): void {
    if (this.#open && isSame(this.#open.name, name)) this.#open = undefined;
  }

  #shakeOnce(): Promise<AppSession> {
    this.#opening ??= this.#shake().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #shake(): Promise<AppSession> {
    const handshake = new Handshake(this.pairingKey, endsAsBytes(this.ends));
    const first = toBase64(handshake.writeFirst());
    const openedAtMs = this.now();
    const answer = await this.ask(openMethod, { v: 1, hello: first });
    const second = fromBase64((answer as { hello?: unknown } | null)?.hello);
    try {
      handshake.readSecond(second ?? new Uint8Array(0));
    } catch {
      throw new SealBroken('What answered is not the runtime that this App was paired with.', 'seal_broken');
    }
    const keys = handshake.keys();
    this.#open = { name: keys.hash.slice(0, sessionNameBytes), keys, nextN: 0, openedAtMs };
    return this.#open;
  }
}
