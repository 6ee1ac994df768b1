import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { unreachable } from './errors';
import { within } from './time';

/** The relay sends a comment at least every 15 s: after three of them missed the connection is dead. */
const silenceMs = 45_000;

/** The server-sent events of a response. Ends with the body; throws `Unreachable` when it breaks or falls silent. */
export async function* readEvents(response: Response): AsyncGenerator<EventSourceMessage> {
  let events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const reader = response.body?.getReader?.();
  // React Native's fetch gives no stream: everything comes at the end.
  if (!reader) parser.feed(await response.text());
  const decoder = new TextDecoder();
  try {
    for (;;) {
      yield* events;
      events = [];
      if (!reader) return;
      const { done, value } = await within(silenceMs, reader.read(), () => new Error('silent'));
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } catch (cause) {
    throw unreachable('The stream broke.', { cause });
  } finally {
    reader?.cancel().catch(() => {});
  }
}
