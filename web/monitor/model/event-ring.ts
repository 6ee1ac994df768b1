import { byId, type MonitorEvent } from './monitor-event';

/**
 * The events the page keeps: a ring, ordered by id, without duplicates, that forgets its oldest when full.
 * Appending is constant time; events that arrive out of order (a filled gap) cost one merge per batch.
 */
export class EventRing {
  #slots: MonitorEvent[] = [];
  #head = 0;
  readonly #ids = new Set<string>();

  /** `capacity` is a number of events. */
  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#slots.length;
  }

  get newest(): MonitorEvent | undefined {
    return this.at(this.size - 1);
  }

  get oldest(): MonitorEvent | undefined {
    return this.at(0);
  }

  /** The event at an index, 0 being the oldest. */
  at(index: number): MonitorEvent | undefined {
    if (index < 0 || index >= this.size) return undefined;
    return this.#slots[(this.#head + index) % this.#slots.length];
  }

  /** Adds a batch and returns those that were new and are kept, oldest first. */
  add(events: readonly MonitorEvent[]): MonitorEvent[] {
    const fresh: MonitorEvent[] = [];
    for (const event of events) {
      if (this.#ids.has(event.id)) continue;
      this.#ids.add(event.id);
      fresh.push(event);
    }
    fresh.sort(byId);
    const [first] = fresh;
    if (!first) return fresh;
    if (this.newest && first.id < this.newest.id) this.#merge(fresh);
    else for (const event of fresh) this.#append(event);
    return fresh.filter((event) => this.#ids.has(event.id));
  }

  /** Every kept event, newest first. */
  newestFirst(): MonitorEvent[] {
    const events: MonitorEvent[] = [];
    for (let index = this.size - 1; index >= 0; index -= 1) events.push(this.at(index)!);
    return events;
  }

  #append(event: MonitorEvent): void {
    if (this.size < this.capacity) {
      this.#slots.push(event);
      return;
    }
    this.#ids.delete(this.#slots[this.#head]!.id);
    this.#slots[this.#head] = event;
    this.#head = (this.#head + 1) % this.capacity;
  }

  #merge(fresh: readonly MonitorEvent[]): void {
    const all = [...this.newestFirst().reverse(), ...fresh].sort(byId);
    const surplus = Math.max(0, all.length - this.capacity);
    for (const event of all.slice(0, surplus)) this.#ids.delete(event.id);
    this.#slots = all.slice(surplus);
    this.#head = 0;
  }
}
