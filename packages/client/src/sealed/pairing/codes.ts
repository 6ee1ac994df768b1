/** The codes that a runtime shows: four characters of its own behind each access code, dead after three wrong guesses. */
import { foldCode, shown } from '../../wire/code';
import type { Store } from '../../wire/store';
import { nameOfCode } from './exchange';
import { Turns } from './turns';

/** A code that an App may still type. */
export interface ShownCode {
  /** What an App names it by. */
  name: string;
  /** The twelve and the four. */
  accessCode: string;
  seal: string;
  wrongGuesses: number;
  /** By this machine's clock; a little longer than the relay takes the code. */
  expiresAtMs: number;
}

/** So many wrong guesses kill a code's last four characters. */
export const maxWrongGuesses = 3;

const livesMs = 12 * 60_000;
const maxShown = 16;
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The codes of a runtime that serves. What it knows of guesses outlives a store that forgets, as one restored from a backup. */
export class ShownCodes {
  readonly #guesses = new Map<string, number>();
  readonly #used = new Set<string>();

  readonly #turns = new Turns();

  constructor(
    private readonly store: Store<ShownCode[]>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Draws the four characters of an access code, keeps them, and gives the code as it is shown. */
  async show(accessCode: string): Promise<string> {
    const twelve = foldCode(accessCode).slice(-12);
    // 256 is a multiple of 32: every character is equally likely.
    const drawn = crypto.getRandomValues(new Uint8Array(4));
    const seal = Array.from(drawn, (byte) => letters[byte % 32]).join('');
    const code: ShownCode = {
      name: nameOfCode(twelve),
      accessCode: twelve,
      seal,
      wrongGuesses: 0,
      expiresAtMs: this.now() + livesMs,
    };
    await this.#change((codes) => [...codes.filter(({ name }) => name !== code.name), code].slice(-maxShown));
    return shown(twelve + seal);
  }

  /** The code of a name, while an App may pair by it. */
  async find(name: string): Promise<ShownCode | undefined> {
    const code = living(await this.store.load(), this.now()).find((each) => each.name === name);
    return code && this.isAlive(code) ? code : undefined;
  }

  /** Whether nothing happened meanwhile that ended it. */
  isAlive(code: ShownCode): boolean {
    return !this.#used.has(code.name) && this.#wrongGuesses(code) < maxWrongGuesses;
  }

  /** It served. */
  async use(code: ShownCode): Promise<void> {
    this.#used.add(code.name);
    await this.#change((codes) => codes.filter(({ name }) => name !== code.name));
  }

  /** Somebody guessed wrong; gives how many guesses are left. */
  async countWrongGuess(code: ShownCode): Promise<number> {
    const wrongGuesses = this.#wrongGuesses(code) + 1;
    this.#guesses.set(code.name, wrongGuesses);
    const left = maxWrongGuesses - wrongGuesses;
    await this.#change((codes) =>
      codes.flatMap((each) => {
        if (each.name !== code.name) return each;
        return left > 0 ? { ...each, wrongGuesses } : [];
      }),
    );
    return left;
  }

  #wrongGuesses({ name, wrongGuesses }: ShownCode): number {
    return Math.max(wrongGuesses, this.#guesses.get(name) ?? 0);
  }

  #change(change: (codes: ShownCode[]) => ShownCode[]): Promise<void> {
    return this.#turns.take(async () => this.store.save(change(living(await this.store.load(), this.now()))));
  }
}

function living(codes: ShownCode[] | undefined, nowMs: number): ShownCode[] {
  return Array.isArray(codes) ? codes.filter(({ expiresAtMs }) => expiresAtMs > nowMs) : [];
}
