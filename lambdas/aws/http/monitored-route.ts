/** Routes whose coming and going the monitor shows. */

import type { EventType } from '../../core/monitor/monitor-events';
import { countRefusal, markTold } from '../../core/monitor/refusals';
import { type ApiError, errorKinds, knownError } from '../../core/wire/errors';
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
      const known = knownError(error);
      markTold(known);
      const type = typeof types.refused === 'string' ? types.refused : types.refused(known);
      const count = countRefusal({ source: request.sourceIp, receivedAtMs }, known.code, type);
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
