/** Routes whose coming and going the monitor shows. */

import type { EventType } from '../../core/monitor/monitor-events';
import { ApiError, errorKinds } from '../../core/wire/errors';
import type { Route } from './answer';

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
 * How often a function shows that a source is refused for its many failures. Otherwise whoever goes on asking would
 * cause a write for each refusal, and push everything else out of the monitor.
 */
const refusalEveryMs = 1_000;
let refusalShownAtMs = 0;

function mayShowRefusal(nowMs: number): boolean {
  if (nowMs - refusalShownAtMs < refusalEveryMs) return false;
  refusalShownAtMs = nowMs;
  return true;
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
      if (known.code === 'rate_limited' && !mayShowRefusal(receivedAtMs)) throw error;
      requested();
      const { status } = errorKinds[known.code];
      const type = typeof types.refused === 'string' ? types.refused : types.refused(known);
      const facts = { status, outcome: known.code, errorCode: known.code, durationMs: durationMs() };
      recorder.record({ type, ...facts });
      if (known.code === 'rate_limited') recorder.record({ type: 'relay.rate_limited', ...facts });
      throw error;
    }
  };
}
