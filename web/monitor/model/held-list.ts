/** Why a list stands still. */
export type HoldReason = 'paused' | 'reading' | 'hover' | 'press' | 'row' | 'menu' | 'selection';

/**
 * A list that can be held: while it is, its rows stay where they are, each showing its item as it is now; what is new
 * waits, and older items that were asked for join at the end.
 */
export class HeldList<T> {
  readonly #reasons = new Set<HoldReason>();
  #shown: readonly T[] = [];
  #held: readonly T[] | undefined;
  #known = new Set<string>();

  constructor(
    readonly idOf: (item: T) => string,
    /** Whether an item belongs below another one. */
    readonly isOlder: (item: T, than: T) => boolean,
  ) {}

  get isHeld(): boolean {
    return this.#reasons.size > 0;
  }

  isHeldFor(reason: HoldReason): boolean {
    return this.#reasons.has(reason);
  }

  /** Adds a reason, or takes it away. Returns whether that changed anything. */
  set(reason: HoldReason, on: boolean): boolean {
    if (this.#reasons.has(reason) === on) return false;
    // What is on the screen at this moment is what is held.
    if (on && !this.isHeld) this.#hold(this.#shown);
    if (on) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    if (!this.isHeld) this.#held = undefined;
    return true;
  }

  /** Takes in everything that waits; the list stays held for whatever holds it. */
  catchUp(): void {
    this.#held = undefined;
  }

  /** The rows to show of the items as they are now, newest first, and how many wait above them. */
  show(items: readonly T[]): { readonly rows: readonly T[]; readonly waiting: number } {
    if (this.isHeld && !this.#held) this.#hold(items);
    if (!this.#held) {
      this.#shown = items;
      return { rows: items, waiting: 0 };
    }
    const now = new Map(items.map((item) => [this.idOf(item), item]));
    const last = this.#held.at(-1);
    const fresh = items.filter((item) => !this.#known.has(this.idOf(item)));
    const older = last === undefined ? [] : fresh.filter((item) => this.isOlder(item, last));
    const rows = [...this.#held.map((item) => now.get(this.idOf(item)) ?? item), ...older];
    this.#shown = rows;
    return { rows, waiting: fresh.length - older.length };
  }

  #hold(items: readonly T[]): void {
    this.#held = items;
    this.#known = new Set(items.map(this.idOf));
  }
}
