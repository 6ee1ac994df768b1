/** A runtime's sessions, in memory alone: one that was started anew, or restored from a backup, has none, and seals nothing twice. */
import type { SealEnds } from '../../wire/seal';
import { SealRefusal } from '../errors';
import { sessionNameBytes } from '../parcels/envelope';
import { endsAsBytes } from '../parcels/keys';
import { fromBase64, isSame, toBase64 } from '../primitives/bytes';
import { Handshake, type Keys } from '../primitives/noise';

/** A session of an App. */
export interface RuntimeSession {
  name: Uint8Array;
  keys: Keys;
  /** The numbers of the calls that were taken: each is, once. */
  taken: Set<number>;
  openedAtMs: number;
}

/** An App begins calls in a session for an hour, and a call lives 840 s. */
const maxAgeMs = 7_200_000;
/** Sessions of one App: those that it has used, and those that it has not, which a relay can ask for with words that it heard. */
const maxUsed = 64;
const maxUnused = 8;
/** An App begins 4,096 calls in a session. */
export const maxCallNumber = 8_191;

/** The sessions of all Apps. */
export class RuntimeSessions {
  readonly #byClient = new Map<string, RuntimeSession[]>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Answers `seal.open`: the App that has this key opens a session. Throws `SealRefusal`. */
  answer(params: unknown, pairingKey: Uint8Array, ends: SealEnds): { hello: string } {
    const { v, hello } = (params ?? {}) as Record<string, unknown>;
    const first = fromBase64(hello);
    const handshake = new Handshake(pairingKey, endsAsBytes(ends));
    let second: Uint8Array;
    try {
      if (v !== 1 || !first) throw new RangeError('No hello.');
      handshake.readFirst(first);
      second = handshake.writeSecond(first);
    } catch {
      throw new SealRefusal('hello was not written with the key of this pairing.', 'seal_broken');
    }
    const keys = handshake.keys();
    const name = keys.hash.slice(0, sessionNameBytes);
    this.#keep(ends.clientId, { name, keys, taken: new Set(), openedAtMs: this.now() });
    return { hello: toBase64(second) };
  }

  /** The session of a name; undefined where there is none, or none any more. */
  find(clientId: string, name: Uint8Array): RuntimeSession | undefined {
    const session = this.#byClient.get(clientId)?.find((each) => isSame(each.name, name));
    return session && this.now() - session.openedAtMs < maxAgeMs ? session : undefined;
  }

  #keep(clientId: string, session: RuntimeSession): void {
    const living = (this.#byClient.get(clientId) ?? []).filter(
      ({ openedAtMs }) => session.openedAtMs - openedAtMs < maxAgeMs,
    );
    const used = living.filter(({ taken }) => taken.size > 0).slice(-maxUsed);
    const unused = living.filter(({ taken }) => taken.size === 0).slice(1 - maxUnused);
    this.#byClient.set(clientId, [...used, ...unused, session]);
  }
}
