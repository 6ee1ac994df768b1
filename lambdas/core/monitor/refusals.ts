/** Refusals on the monitor: each is told once, and a flood of them as one event with its number. */

import { type ApiError, type ErrorCode, errorKinds } from '../wire/errors';
import { Recurrences } from '../wire/short-memory';
import type { EventFacts, EventType } from './monitor-events';
import type { Recorder } from './ports';

/**
 * How often a function shows a refusal of one source that nothing else bounds, and how many of all sources. Otherwise whoever
 * goes on asking would cause a write for each refusal, and push everything else out of the monitor. A wrong code is bounded by
 * the limit on guesses, and counts: each is shown.
 */
const refusalEveryMs = 60_000;
const refusals = new Recurrences(refusalEveryMs, 1_000);
/** A minute's worth of refusals that one function instance shows. */
const mostRefusals = 60;
const shown = new Recurrences(refusalEveryMs / mostRefusals, 1);

/** The statuses that say something about the caller, or about what it sends. */
const tellingStatuses: ReadonlySet<number> = new Set([400, 401, 403, 409, 413, 429]);

/** Whom a refusal is about. */
interface Refused {
  /** An address, or a socket. */
  source: string;
  receivedAtMs: number;
}

/** For how many refusals an event stands now; 0 while none is to be shown. */
export function countRefusal({ source, receivedAtMs }: Refused, code: ErrorCode, type: EventType): number {
  if (code === 'code_not_found' || errorKinds[code].status >= 500) return 1;
  const count = refusals.count(`${source} ${type} ${code}`, receivedAtMs);
  return count > 0 && shown.count('', receivedAtMs) > 0 ? count : 0;
}

/** Errors that an event of their route's own tells. */
const told = new WeakSet<ApiError>();

/** Says that an error has, or deliberately has not, an event of its own. */
export function markTold(error: ApiError): void {
  told.add(error);
}

/** Tells a refusal that no other event tells. How a call ended is told by the call's own events. */
export function showRefusal(recorder: Recorder, request: Refused, error: ApiError, about: EventFacts): void {
  const { status } = errorKinds[error.code];
  if (told.has(error) || error.details.outcome !== undefined || !tellingStatuses.has(status)) return;
  const type = 'relay.request.refused';
  const count = countRefusal(request, error.code, type);
  if (count === 0) return;
  const facts = { ...about, status, outcome: error.code, errorCode: error.code };
  recorder.record({ type, ...facts, ...(count > 1 ? { count } : {}) });
}
