import { byTime, type MonitorEvent } from './monitor-event';

/**
 * The events the page keeps: in the order of the time that they show, without duplicates, the oldest forgotten
 * when it is full. One that arrives late is put where it belongs.
 */
export class EventLog {
  #events: MonitorEvent[] = [];
  readonly #ids = new Set<string>();

  /** `capacity` is a number of events. */
  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#events.length;
  }

  /** Adds a batch and returns those that were new and are kept, oldest first. */
  add(events: readonly MonitorEvent[]): MonitorEvent[] {
    const fresh = events.filter((event) => {
      const isNew = !this.#ids.has(event.id);
      this.#ids.add(event.id);
      return isNew;
    });
    for (const event of fresh.sort(byTime)) {
      const last = this.#events.at(-1);
      if (!last || byTime(last, event) < 0) this.#events.push(event);
      else this.#events.splice(this.#placeOf(event), 0, event);
    }
    const surplus = this.#events.splice(0, Math.max(0, this.#events.length - this.capacity));
    for (const { id } of surplus) this.#ids.delete(id);
    return surplus.length === 0 ? fresh : fresh.filter(({ id }) => this.#ids.has(id));
  }

  /** Every kept event that fits, newest first. */
  newestFirst(fits: (event: MonitorEvent) => boolean = () => true): MonitorEvent[] {
    const found: MonitorEvent[] = [];
    for (let index = this.#events.length - 1; index >= 0; index -= 1) {
      const event = this.#events[index]!;
      if (fits(event)) found.push(event);
    }
    return found;
  }

  #placeOf(event: MonitorEvent): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTime(this.#events[middle]!, event) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
