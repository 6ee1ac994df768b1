/**
 * How often codes and registration tokens may be guessed, and how often a source may register. Every guess takes a place of
 * its source's window before it is looked up:
 *
 *   look-up failed   the place becomes a failure; ten of them close the source for two minutes
 *   it succeeded     the place is given back
 *   neither          (a fault here) the place stays taken until the window ends
 *
 * Because a place is taken by a conditional write, any number of simultaneous redeems gets ten look-ups a window. When
 * very many sources fail within a minute, each gets two failures instead of ten: that divides a distributed attack by
 * five, and a source that has not failed is never refused (ADR 0010). Wrong tokens are counted apart from wrong codes.
 */

import { ApiError, type ErrorCode } from '../wire/errors';
import type { Clock } from '../wire/ports';
import type { AttemptStore, SourceAttempts } from './attempt-ports';
import { sourceKey } from './source-key';

/** The numbers of the limit; the first three are the protocol's. */
export const guessLimits = {
  windowMs: 60_000,
  failuresPerWindow: 10,
  pauseMs: 120_000,
  /** Failures of all sources in one minute from which on a source gets fewer. */
  failuresUntilScarce: 1_000,
  /** What a source gets then: the first mistake of a typing person is still free. */
  failuresWhileScarce: 2,
  /** How long a redeem waits for a place that others have taken but not failed with. */
  patienceMs: 3_000,
} as const;

/** What is guessed, and which errors make a guess a failed one: that a code waits already tells as much as a right guess. */
const guesses = {
  codes: ['code_not_found', 'code_exists'],
  tokens: ['unauthorized'],
} as const satisfies Record<string, readonly ErrorCode[]>;

/** What limiting needs. */
export interface AttemptWorld {
  attempts: AttemptStore;
  clock: Clock;
}

/** Who tries, and what happens after the answer has left. */
export interface Caller {
  /** As API Gateway reports it. */
  sourceIp: string;
  afterwards(task: () => Promise<unknown>): void;
}

/** The one answer to every code that is not live; it makes an attempt a failed one. */
export function codeNotFound(): ApiError {
  return new ApiError('code_not_found', 'Ask the runtime for a new code.');
}

/**
 * Runs a look-up within the limit of its source. Throws `rate_limited`, with the time to wait, without running it. The
 * place is given back while the answer is on its way, a failure is written before.
 */
export async function limitGuesses<T>(
  { attempts, clock }: AttemptWorld,
  { sourceIp, afterwards }: Caller,
  lookUp: () => Promise<T>,
  what: keyof typeof guesses = 'codes',
): Promise<T> {
  const source = sourceKey(sourceIp, what);
  const failing: readonly ErrorCode[] = guesses[what];
  const place = await takePlace({ attempts, clock }, source);
  // At once, since an answer may be a stream of minutes; and nobody waits for it.
  const giveBack = () => {
    const given = attempts.giveBack(source, place.windowEndsAtMs);
    given.catch(() => {});
    afterwards(() => given);
  };
  try {
    const found = await lookUp();
    giveBack();
    return found;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!failing.includes(error.code)) giveBack();
    else {
      await Promise.all([
        attempts.fail(source, place.windowEndsAtMs, clock.now()),
        // Once they are scarce there is nothing left to count, and a hot row to spare.
        place.scarce || what !== 'codes' ? undefined : attempts.countFailure(clock.now()),
      ]);
    }
    throw error;
  }
}

/** How many registrations and descriptors one source may leave in a minute. */
export const registrationsPerMinute = 60;

/**
 * Counts a registration or a descriptor of a source. Throws `rate_limited` once it has had `most` of them in a minute. The
 * place stays taken, whatever becomes of the registration.
 */
export async function limitRegistrations(
  { attempts, clock }: AttemptWorld,
  { sourceIp }: Pick<Caller, 'sourceIp'>,
  most = registrationsPerMinute,
): Promise<void> {
  const source = sourceKey(sourceIp, 'registrations');
  const startedAtMs = clock.now();
  for (let tries = 1; ; tries++) {
    const nowMs = clock.now();
    const { row } = await attempts.read(source, nowMs);
    const isOver = !row || nowMs >= row.windowEndsAtMs;
    if (!isOver && row.taken >= most) throw rateLimited(row.windowEndsAtMs - nowMs, tooManyRegistrations);
    const taken = isOver
      ? await attempts.open(source, row?.windowEndsAtMs, nowMs + guessLimits.windowMs)
      : await attempts.join(source, row.windowEndsAtMs, most);
    if (taken === 'taken') return;
    if (nowMs - startedAtMs >= guessLimits.patienceMs) throw rateLimited(1_000, tooManyRegistrations);
    await clock.sleep(Math.min(10 * tries, 100));
  }
}

const tooManyRegistrations = 'Too many registrations came from this address. Wait, then try again.';

async function takePlace({ attempts, clock }: AttemptWorld, source: string) {
  const startedAtMs = clock.now();
  for (let tries = 1; ; tries++) {
    const nowMs = clock.now();
    const { row, failuresOfAll } = await attempts.read(source, nowMs);
    const scarce = failuresOfAll >= guessLimits.failuresUntilScarce;
    const places = scarce ? guessLimits.failuresWhileScarce : guessLimits.failuresPerWindow;
    const standing = standingOf(row, places, nowMs);
    if (standing.is === 'paused') throw rateLimited(standing.untilMs - nowMs);
    if (standing.is === 'over') {
      const windowEndsAtMs = nowMs + guessLimits.windowMs;
      if ((await attempts.open(source, row?.windowEndsAtMs, windowEndsAtMs)) === 'taken')
        return { windowEndsAtMs, scarce };
    } else if (standing.is === 'open') {
      const { windowEndsAtMs } = standing;
      if ((await attempts.join(source, windowEndsAtMs, places)) === 'taken')
        return { windowEndsAtMs, scarce };
    }
    if (nowMs - startedAtMs >= guessLimits.patienceMs) throw rateLimited(1_000);
    await clock.sleep(Math.min(10 * tries, 100));
  }
}

type Standing =
  | { is: 'over' | 'full' }
  | { is: 'open'; windowEndsAtMs: number }
  | { is: 'paused'; untilMs: number };

/** `over`: a new window may begin. `full`: every place is taken, and some may yet be given back. */
function standingOf(row: SourceAttempts | undefined, places: number, nowMs: number): Standing {
  if (!row) return { is: 'over' };
  if (row.failures >= places) {
    const untilMs = row.failedAtMs + guessLimits.pauseMs;
    return nowMs < untilMs ? { is: 'paused', untilMs } : { is: 'over' };
  }
  if (nowMs >= row.windowEndsAtMs) return { is: 'over' };
  return row.taken < places ? { is: 'open', windowEndsAtMs: row.windowEndsAtMs } : { is: 'full' };
}

function rateLimited(
  retryAfterMs: number,
  detail = 'Too many failed attempts came from this address. Wait, then try again.',
): ApiError {
  return new ApiError('rate_limited', detail, { retryAfterMs });
}
