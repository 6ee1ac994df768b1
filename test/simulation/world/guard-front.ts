/** The queue of guards: what is sent shows later, goes to the function, and shows again when that fails. */
import type { Guard } from '../../../lambdas/core/wire/guards';
import type { Functions } from './functions';
import { drawMs, type Weather } from './probabilities';
import { Random, seedOf } from './random';
import type { Timeline } from './timeline';

/** When a message shows again that was not deleted, in milliseconds, and how often it is shown in all. */
const visibleAgainMs = 30_000;
const maxReceives = 5;

/** The queue, its event source and its dead letters. */
export class GuardFront {
  /** Guards that failed again and again. */
  readonly dead: Guard[] = [];
  private readonly random: Random;
  private sent = 0;
  private delivered = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly functions: Functions,
    private readonly seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** Takes a guard, as `GuardQueue.send` does. SQS counts in whole seconds. */
  send(guard: Guard, inMs: number): void {
    const messageId = `guard-${++this.sent}`;
    const { random, timeline } = this;
    const fate = this.weather.draw('queue', random);
    const body = JSON.stringify(guard);
    for (let times = fate === 'twice' ? 2 : 1; times > 0; times--) {
      const lateMs = fate === 'late' ? drawMs('lateMessage', random) : 0;
      const showsInMs = Math.ceil(Math.max(0, inMs) / 1000) * 1000 + drawMs('batch', random) + lateMs;
      timeline.after(showsInMs, () => this.deliver(messageId, guard, body, 1));
    }
  }

  private deliver(messageId: string, guard: Guard, body: string, receives: number): void {
    const event = { Records: [{ messageId, body }] };
    const random = new Random(seedOf(this.seed, ++this.delivered));
    this.functions.invoke('guard', event, undefined, random, (result) => {
      const value = result.is === 'returned' ? (result.value as { batchItemFailures: unknown[] }) : undefined;
      if (value?.batchItemFailures.length === 0) return;
      if (receives >= maxReceives) this.dead.push(guard);
      else this.timeline.after(visibleAgainMs, () => this.deliver(messageId, guard, body, receives + 1));
    });
  }
}
