/** What must hold of a call's row once the world is quiet, beside what its App was told. */
import { ownKeyLength, type StoredCall } from '../../../lambdas/core/call/states';
import { endsWithinMs } from '../actors/ghost';
import type { Plan } from '../plan';
import { epochMs } from '../world/world';
import type { Books, CallBook } from './books';

interface Row {
  call: StoredCall;
  end: NonNullable<StoredCall['end']>;
  book: CallBook;
  books: Books;
  plan: Plan;
}

/** Two clocks differ by so much. */
const clocksApartMs = 200;
/** How long a runtime has been there before nobody may say that it is away. A guard finds it within three seconds. */
const surelyThereMs = 4_500;
/** A runtime whose sockets are closed for it, or whose secret is rotated, learns of it so late at most. */
const learnsMs = 2_000;
/** A decision that a queue passes on may take so much longer. */
const passedOnMs = 0;
/** The mark of a waiter in the id of its place; that of a call that nobody waits for is longer. */
const waiterMarkLength = 4;

/** Whether a place is a waiter's, who gives it back. */
export function isOfWaiter(leaseId: string): boolean {
  return leaseId.length <= ownKeyLength + waiterMarkLength;
}

/** Each gives what is wrong with a row; undefined for nothing. */
export const rulesOfRows: Array<(row: Row) => string | undefined> = [
  function neverTooSoon({ call, end }) {
    const earlyMs = call.deadlineMs - end.atMs;
    return end.outcome === 'timed-out' && earlyMs > clocksApartMs
      ? `timed out ${earlyMs} ms before its deadline`
      : undefined;
  },

  function notAwayWhoIsThere({ end, book, books, plan }) {
    const { table, socket, invocation, queue } = plan.strength;
    const isCalm = table + socket + invocation + queue === 0;
    // What was posted to nobody may have missed a runtime that came, when a guard was late.
    if (end.outcome !== 'disconnected' && !(isCalm && end.outcome === 'offline')) return undefined;
    // Whose secret was rotated without its knowledge has sockets that count for nothing.
    if (books.lost.has(book.tenant)) return undefined;
    const endedMs = end.atMs - epochMs;
    const spans = books.presence.get(book.tenant) ?? [];
    const there = spans.find(
      ({ fromMs, toMs }) => fromMs < endedMs - surelyThereMs && toMs > endedMs + learnsMs,
    );
    return there
      ? `ended ${end.outcome} at ${endedMs}, its runtime was there from ${there.fromMs} on`
      : undefined;
  },

  function endedWithItsClient({ call, end, book, books, plan }) {
    const { table, invocation, queue } = plan.strength;
    const revokedMs = books.revokedMs.get(book.clientId);
    // What never left ends with nobody's knowledge at its deadline.
    if (table + invocation + queue > 0 || revokedMs === undefined || call.sentTo === undefined)
      return undefined;
    const byMs = epochMs + revokedMs + endsWithinMs + passedOnMs;
    return end.atMs > byMs && call.openedAtMs < epochMs + revokedMs
      ? `went on for ${end.atMs - epochMs - revokedMs} ms after its client was revoked`
      : undefined;
  },
];
