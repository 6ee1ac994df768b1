/**
 * One SQS standard queue. A message is hidden until its delay is over; receiving hides it for the visibility time-out;
 * one that was received too often moves to the dead-letter queue at its next receive, as in AWS.
 */
import { randomUUID } from 'node:crypto';

/** SQS refuses larger messages. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** SQS refuses longer delays. */
export const MAX_DELAY_SECONDS = 900;

/** A message in its queue. Times are epoch milliseconds. */
export interface QueueMessage {
  messageId: string;
  body: string;
  sentAtMs: number;
  /** Hidden until then. */
  visibleAtMs: number;
  receives: number;
  firstReceivedAtMs?: number;
}

/** What a queue is known by, and its settings. */
export interface QueueSettings {
  logicalId: string;
  arn: string;
  url: string;
  /** Delay of a message that names none. */
  delaySeconds: number;
  visibilitySeconds: number;
}

/** A queue of the stack. */
export class LocalQueue {
  /** Where messages go that were received `maxReceives` times without being deleted. */
  deadLetters?: { queue: LocalQueue; maxReceives: number };
  readonly logicalId: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly #delaySeconds: number;
  readonly #messages = new Map<string, QueueMessage>();
  readonly #listeners = new Set<() => void>();

  constructor(settings: QueueSettings) {
    this.logicalId = settings.logicalId;
    this.arn = settings.arn;
    this.url = settings.url;
    this.visibilitySeconds = settings.visibilitySeconds;
    this.#delaySeconds = settings.delaySeconds;
  }

  /** Bodies in order of arrival, whatever their visibility. */
  bodies(): string[] {
    return [...this.#messages.values()].map(({ body }) => body);
  }

  /** Takes a message; it shows after `delaySeconds`, or after the queue's own delay. */
  send(body: string, delaySeconds = this.#delaySeconds): QueueMessage {
    const now = Date.now();
    const message = {
      messageId: randomUUID(),
      body,
      sentAtMs: now,
      visibleAtMs: now + delaySeconds * 1000,
      receives: 0,
    };
    this.#messages.set(message.messageId, message);
    for (const listener of this.#listeners) listener();
    return message;
  }

  /** Up to `most` visible messages, hidden from now on for the visibility time-out. */
  receive(most: number): QueueMessage[] {
    const now = Date.now();
    const received: QueueMessage[] = [];
    for (const message of this.#messages.values()) {
      if (received.length === most) break;
      if (message.visibleAtMs > now) continue;
      if (this.deadLetters && message.receives >= this.deadLetters.maxReceives) {
        this.#messages.delete(message.messageId);
        this.deadLetters.queue.send(message.body, 0);
        continue;
      }
      message.receives++;
      message.firstReceivedAtMs ??= now;
      message.visibleAtMs = now + this.visibilitySeconds * 1000;
      received.push(message);
    }
    return received;
  }

  /** Forgets a message; nothing happens where there is none. */
  delete({ messageId }: QueueMessage): void {
    this.#messages.delete(messageId);
  }

  /** Milliseconds until a message shows: 0 now, undefined where the queue is empty. */
  untilVisibleMs(): number | undefined {
    let earliest: number | undefined;
    for (const { visibleAtMs } of this.#messages.values())
      if (earliest === undefined || visibleAtMs < earliest) earliest = visibleAtMs;
    return earliest === undefined ? undefined : Math.max(0, earliest - Date.now());
  }

  /** Tells of each message that is sent; gives what ends that. */
  onSend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
