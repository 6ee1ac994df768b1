import { compileFilter, type EventFilter, NO_FILTER } from './event-filter';
import type { EventRing } from './event-ring';
import { byId, type MonitorEvent } from './monitor-event';

/** Why the table stands still: the viewer paused it, or has scrolled down and is reading. */
export type HoldReason = 'paused' | 'reading';

/**
 * What the table shows of the ring: the matching events, newest first. While it is held it goes on showing
 * what was there, even after the ring forgot it; only older events that are loaded on request join in.
 */
export class TableView {
  #filter = NO_FILTER;
  #matches = compileFilter(NO_FILTER);
  readonly #reasons = new Set<HoldReason>();
  #held: MonitorEvent[] = [];
  #ceiling = '';

  constructor(readonly ring: EventRing) {}

  get filter(): EventFilter {
    return this.#filter;
  }

  set filter(filter: EventFilter) {
    this.#filter = filter;
    this.#matches = compileFilter(filter);
  }

  get isHeld(): boolean {
    return this.#reasons.size > 0;
  }

  isHeldFor(reason: HoldReason): boolean {
    return this.#reasons.has(reason);
  }

  /** Stops the table where it is. */
  hold(reason: HoldReason): void {
    if (!this.isHeld) {
      this.#held = this.ring.newestFirst();
      this.#ceiling = this.ring.newest?.id ?? '';
    }
    this.#reasons.add(reason);
  }

  /** Takes one reason away; the table moves again when none is left. */
  release(reason: HoldReason): void {
    this.#reasons.delete(reason);
    if (!this.isHeld) this.#held = [];
  }

  /** Tells a held view what the ring has taken in. */
  take(fresh: readonly MonitorEvent[]): void {
    const older = this.isHeld ? fresh.filter((event) => event.id < this.#ceiling) : [];
    if (older.length > 0) this.#held = [...this.#held, ...older].sort((a, b) => byId(b, a));
  }

  /** The events to show, newest first. */
  rows(): MonitorEvent[] {
    return (this.isHeld ? this.#held : this.ring.newestFirst()).filter(this.#matches);
  }

  /** How many matching events wait above a held table. */
  waiting(): number {
    if (!this.isHeld) return 0;
    let count = 0;
    for (let index = this.ring.size - 1; index >= 0; index -= 1) {
      const event = this.ring.at(index)!;
      if (event.id <= this.#ceiling) break;
      if (this.#matches(event)) count += 1;
    }
    return count;
  }
}
