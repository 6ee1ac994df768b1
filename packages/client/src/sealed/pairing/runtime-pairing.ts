/** The runtime's side of the exchange: it says nothing of the code before the App has proved that it knows it. */

import type { SealEnds } from '../../wire/seal';
import { SealRefusal } from '../errors';
import { confirmationOf } from '../parcels/keys';
import { fromBase64, isSame, toBase64 } from '../primitives/bytes';
import { begin } from '../primitives/cpace';
import { maxWrongGuesses, type ShownCode, type ShownCodes } from './codes';
import { channelOf, outcomeOf } from './exchange';

/** What an exchange needs of its runtime. */
export interface PairingWorld {
  codes: ShownCodes;
  /** Keeps the key of a pairing, before the App is told that it holds. */
  keep(ends: SealEnds, pairingKey: Uint8Array): Promise<void>;
  onWrongGuess(ends: SealEnds, guessesLeft: number): void;
}

interface Begun {
  code: ShownCode;
  ends: SealEnds;
  pairing: Uint8Array;
  confirmation: Uint8Array;
  transcript: Uint8Array;
}

/** As many exchanges may be half done: each App has one, and the oldest makes room. */
const maxBegun = 16;

/** The exchanges of a runtime. */
export class Exchanges {
  readonly #begun = new Map<string, Begun>();

  constructor(private readonly world: PairingWorld) {}

  /** Answers `seal.pair`. Throws `SealRefusal`. */
  async answer(params: unknown, ends: SealEnds): Promise<unknown> {
    const { v, confirm, ...first } = (params ?? {}) as Record<string, unknown>;
    if (v !== 1) throw refused('This runtime speaks version 1 of the exchange.', 'seal_broken');
    return confirm === undefined ? await this.#begin(first, ends) : await this.#confirm(confirm, ends);
  }

  async #begin({ code: name, sid, share }: Record<string, unknown>, ends: SealEnds) {
    const code = typeof name === 'string' ? await this.world.codes.find(name) : undefined;
    if (!code) throw codeUnknown();
    const sessionId = fromBase64(sid);
    const other = fromBase64(share);
    if (sessionId?.length !== 16 || other?.length !== 32)
      throw refused('sid must be 16 bytes and share 32, in base64url.', 'seal_broken');
    const channel = channelOf(code, ends, sessionId);
    const own = begin(channel);
    const outcome = outcomeOf(channel, own, 'runtime', other);
    if (!outcome) throw refused('share is no point that an App draws.', 'seal_broken');
    const { pairing, confirmation, transcript } = outcome;
    this.#begun.delete(ends.clientId);
    this.#begun.set(ends.clientId, { code, ends, pairing, confirmation, transcript });
    for (const [oldest] of this.#begun) {
      if (this.#begun.size <= maxBegun) break;
      this.#begun.delete(oldest);
    }
    return { share: toBase64(own.share) };
  }

  /** One guess: right or wrong, the attempt is over. */
  async #confirm(confirm: unknown, ends: SealEnds) {
    const begun = this.#begun.get(ends.clientId);
    this.#begun.delete(ends.clientId);
    const { codes, keep, onWrongGuess } = this.world;
    if (!begun || !codes.isAlive(begun.code)) throw codeUnknown();
    const { code, pairing, confirmation, transcript } = begun;
    const proof = fromBase64(confirm) ?? new Uint8Array(0);
    if (!isSame(confirmationOf(confirmation, 'app', transcript), proof)) {
      const left = await codes.countWrongGuess(code);
      onWrongGuess(begun.ends, left);
      throw refused(
        left > 0
          ? 'The last four characters of the code are wrong.'
          : `The last four characters of the code were wrong ${maxWrongGuesses} times and are dead: ask for a new code.`,
        'seal_mismatch',
      );
    }
    const used = codes.use(code);
    await keep(begun.ends, pairing);
    await used;
    return { confirm: toBase64(confirmationOf(confirmation, 'runtime', transcript)) };
  }
}

function refused(message: string, code: 'seal_broken' | 'seal_mismatch' | 'seal_code_unknown'): SealRefusal {
  return new SealRefusal(message, code);
}

function codeUnknown(): SealRefusal {
  return refused('No such code waits here: it was used, is too old, or was guessed at.', 'seal_code_unknown');
}
