/** The codes that a runtime shows: four characters of its own behind each access code, dead after three wrong guesses. */
import { lettersOf, shown, twelveOf } from '../../wire/code';
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
  /** When somebody last guessed wrong: such a code is remembered for a day. */
  guessedAtMs?: number;
}

/** So many wrong guesses kill a code's last four characters. */
export const maxWrongGuesses = 3;

/**
 * So many wrong guesses of any codes within a day end pairing until it is over: a relay that can have new codes shown, as by saying that
 * it lost the identity, must not get three guesses for each.
 */
export const maxWrongGuessesADay = 12;
const dayMs = 86_400_000;

const livesMs = 12 * 60_000;
const maxShown = 16;

/** The codes of a runtime that serves. What it knows of guesses outlives a store that forgets, as one restored from a backup. */
export class ShownCodes {
  readonly #guesses = new Map<string, number>();
  readonly #used = new Set<string>();
  #guessedAtMs: number[] = [];
  readonly #turns = new Turns();

  constructor(
    private readonly store: Store<ShownCode[]>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Draws the four characters of an access code, keeps them, and gives the code as it is shown. */
  async show(accessCode: string): Promise<string> {
    const twelve = twelveOf(accessCode);
    const seal = lettersOf(crypto.getRandomValues(new Uint8Array(4)));
    const code: ShownCode = {
      name: nameOfCode(twelve),
      accessCode: twelve,
      seal,
      wrongGuesses: 0,
      expiresAtMs: this.now() + livesMs,
    };
    await this.#change((codes) => {
      const others = codes.filter(({ name }) => name !== code.name);
      const guessed = others.filter(({ wrongGuesses }) => wrongGuesses > 0);
      const untried = others.filter(({ wrongGuesses }) => wrongGuesses === 0);
      return [...guessed, ...untried.slice(1 - maxShown), code];
    });
    return shown(twelve + seal);
  }

  /** The code of a name, while an App may pair by it. */
  async find(name: string): Promise<ShownCode | undefined> {
    const codes = remembered(await this.store.load(), this.now());
    const wrong = codes.reduce((sum, { wrongGuesses }) => sum + wrongGuesses, 0);
    const code = codes.find((each) => each.name === name && each.expiresAtMs > this.now());
    return code && wrong < maxWrongGuessesADay && this.isAlive(code) ? code : undefined;
  }

  /** Whether nothing happened meanwhile that ended it. */
  isAlive(code: ShownCode): boolean {
    this.#guessedAtMs = this.#guessedAtMs.filter((atMs) => atMs > this.now() - dayMs);
    if (this.#guessedAtMs.length >= maxWrongGuessesADay) return false;
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
    const guessedAtMs = this.now();
    this.#guessedAtMs.push(guessedAtMs);
    await this.#change((codes) =>
      codes.map((each) => (each.name === code.name ? { ...each, wrongGuesses, guessedAtMs } : each)),
    );
    return maxWrongGuesses - wrongGuesses;
  }

  #wrongGuesses({ name, wrongGuesses }: ShownCode): number {
    return Math.max(wrongGuesses, this.#guesses.get(name) ?? 0);
  }

  #change(change: (codes: ShownCode[]) => ShownCode[]): Promise<void> {
    return this.#turns.take(async () =>
      this.store.save(change(remembered(await this.store.load(), this.now()))),
    );
  }
}

function remembered(codes: ShownCode[] | undefined, nowMs: number): ShownCode[] {
  if (!Array.isArray(codes)) return [];
  return codes.filter(
    ({ expiresAtMs, guessedAtMs = 0 }) => expiresAtMs > nowMs || guessedAtMs > nowMs - dayMs,
  );
}
