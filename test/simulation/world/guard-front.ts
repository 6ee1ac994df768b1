/** The queue of guards: what is sent shows later, goes to the function, and shows again when that fails or now and then anyway. */
import type { Guard } from '../../../lambdas/core/wire/guards';
import type { Functions } from './functions';
import { Random, seedOf } from './random';
import type { Timeline } from './timeline';

/** When a message shows again that was not deleted, how often it may, and how often one comes twice or late. */
const visibleAgainMs = 30_000;
const maxReceives = 5;
const doubledShare = 0.02;
const lateShare = 0.02;
/** How long one gathers with others, and how late a late one is at most. */
const gatheredMs = 1_000;
const lateMs = 20_000;

/** The queue, its event source and its dead letters. */
export class GuardFront {
  /** Guards that failed again and again. */
  readonly dead: Guard[] = [];
  private readonly random: Random;
  private sent = 0;
  private delivered = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly functions: Functions,
    private readonly seed: number,
    private readonly epochMs: number,
  ) {
    this.random = new Random(seed);
  }

  /** Takes a guard, as `GuardQueue.send` does. SQS counts in whole seconds. */
  async send(guard: Guard, inMs: number): Promise<void> {
    const messageId = `guard-${++this.sent}`;
    const { random } = this;
    const times = random.next() < doubledShare ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const late = random.next() < lateShare ? random.next() * lateMs : 0;
      const showsInMs = Math.ceil(Math.max(0, inMs) / 1000) * 1000 + random.next() * gatheredMs + late;
      this.timeline.after(showsInMs, () => this.deliver(messageId, guard, 1));
    }
  }

  private deliver(messageId: string, guard: Guard, receives: number): void {
    const event = {
      Records: [
        { messageId, body: JSON.stringify(guard), attributes: { SentTimestamp: String(this.epochMs) } },
      ],
    };
    this.functions.invoke(
      'guard',
      event,
      undefined,
      new Random(seedOf(this.seed, ++this.delivered)),
      (result) => {
        const failures =
          result.is === 'returned'
            ? (result.value as { batchItemFailures: unknown[] }).batchItemFailures.length
            : 1;
        if (failures === 0) return;
        if (receives >= maxReceives) this.dead.push(guard);
        else this.timeline.after(visibleAgainMs, () => this.deliver(messageId, guard, receives + 1));
      },
    );
  }
}
