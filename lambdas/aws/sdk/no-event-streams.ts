/**
 * In place of `@smithy/core/event-streams`: no operation that a function uses streams events, and the SDK loads that
 * part only for one that does. `lib/functions/function-bundle.ts` puts this file in its place.
 */

/** Throws: an operation with an event stream needs the real module back. */
export function eventStreamSerdeProvider(): never {
  throw new Error('This bundle has no event streams: see lib/functions/function-bundle.ts.');
}

/** As above. */
export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider();
  }
}
