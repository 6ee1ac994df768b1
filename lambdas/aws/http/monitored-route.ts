/** Routes whose coming and going the monitor shows. */

import type { EventType } from '../../core/monitor/monitor-events';
import { ApiError, type ErrorCode, errorKinds } from '../../core/wire/errors';
import { Recurrences } from '../../core/wire/short-memory';
import type { HttpRequest, Route } from './answer';

/** The types of a route's events. */
export interface MonitoredTypes {
  request: EventType;
  done: EventType;
  /** What a success means beside: a further event with the same facts. Default: none. */
  also?: EventType;
  /** One type for every refusal, or one chosen by its error. */
  refused: EventType | ((error: ApiError) => EventType);
}

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

/** For how many refusals an event stands now; 0 while none is to be shown. */
function countRefusal(
  request: Pick<HttpRequest, 'sourceIp' | 'receivedAtMs'>,
  code: ErrorCode,
  type: EventType,
) {
  if (code === 'code_not_found' || errorKinds[code].status >= 500) return 1;
  const count = refusals.count(`${request.sourceIp} ${type} ${code}`, request.receivedAtMs);
  return count > 0 && shown.count('', request.receivedAtMs) > 0 ? count : 0;
}

/** The route with its request, and how that ended, recorded; an answer's `facts` are noted on the latter. */
export function monitored(types: MonitoredTypes, route: Route): Route {
  return async (request) => {
    const { recorder, receivedAtMs } = request;
    const bytes = Buffer.byteLength(request.body);
    const durationMs = () => Date.now() - receivedAtMs;
    const requested = () => recorder.record({ type: types.request, atMs: receivedAtMs, bytes });
    try {
      const answer = await route(request);
      requested();
      const { status, facts } = answer;
      const outcome = types.done.slice(types.done.lastIndexOf('.') + 1);
      recorder.record({ type: types.done, status, outcome, durationMs: durationMs(), ...facts });
      if (types.also) recorder.record({ type: types.also, ...facts });
      return answer;
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError('internal_error', '');
      const type = typeof types.refused === 'string' ? types.refused : types.refused(known);
      const count = countRefusal(request, known.code, type);
      if (count === 0) throw error;
      requested();
      const { status } = errorKinds[known.code];
      const told = { status, outcome: known.code, errorCode: known.code, durationMs: durationMs() };
      const facts = count > 1 ? { ...told, count } : told;
      recorder.record({ type, ...facts });
      if (known.code === 'rate_limited') recorder.record({ type: 'relay.rate_limited', ...facts });
      throw error;
    }
  };
}
