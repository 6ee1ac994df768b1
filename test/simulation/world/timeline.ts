/**
 * Virtual time. Whatever happens is an event of this queue; between two events every promise that the first one settled has
 * run its course, so what happens in one moment of one actor is never torn apart by another, and the order of all
 * things is the queue's.
 */

interface Happening {
  atMs: number;
  order: number;
  act: () => void;
}

/** Runs every microtask there is. Needs `--allow-natives-syntax`, since no interface of Node.js does it; not from within a microtask. */
const runMicrotasks = new Function('%PerformMicrotaskCheckpoint()') as () => void;

/** The queue of what is to happen. Times are milliseconds since the world began, with fractions. */
export class Timeline {
  nowMs = 0;
  /** How many events have happened. */
  steps = 0;
  private readonly heap: Happening[] = [];
  private order = 0;

  /** Lets something happen later. Of two things of one moment the one that was named first comes first. */
  after(delayMs: number, act: () => void): void {
    const { heap } = this;
    const happening = { atMs: this.nowMs + delayMs, order: this.order++, act };
    let at = heap.length;
    heap.push(happening);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (comesBefore(heap[above]!, happening)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = happening;
  }

  /** Resolves after a delay. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /**
   * Lets everything happen until nothing is left to, or until `maxSteps` say that it never ends. Rejects with what an
   * event throws.
   *
   * The queue of microtasks is run down after each event, by the engine's own word for it: a turn of the event loop for each event
   * takes ten times as long, a tick of Node.js twice.
   */
  run(maxSteps: number): Promise<'quiet' | 'endless'> {
    return new Promise((resolve, reject) =>
      // Where no microtask runs.
      setImmediate(() => {
        try {
          resolve(this.runAll(maxSteps));
        } catch (error) {
          reject(error);
        }
      }),
    );
  }

  private runAll(maxSteps: number): 'quiet' | 'endless' {
    for (;;) {
      const next = this.take();
      if (!next) return 'quiet';
      if (this.steps++ >= maxSteps) return 'endless';
      this.nowMs = next.atMs;
      next.act();
      runMicrotasks();
    }
  }

  private take(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
    const count = heap.length;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      if (below + 1 < count && comesBefore(heap[below + 1]!, heap[below]!)) below++;
      if (comesBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function comesBefore(one: Happening, other: Happening): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
