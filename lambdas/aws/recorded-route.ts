/** Routes whose coming and going the monitor shows. */
import { ApiError, errorKinds } from '../core/errors';
import type { EventType } from '../core/monitor-events';
import type { Route } from './http';

/** The types of a route's events. */
export interface RecordedTypes {
  request: EventType;
  done: EventType;
  /** One type for every refusal, or one chosen by its error. */
  refused: EventType | ((error: ApiError) => EventType);
}

/** The route with its request, and how that ended, recorded; an answer's `facts` are noted on the latter. */
export function recorded(types: RecordedTypes, route: Route): Route {
  return async (request) => {
    const { recorder, receivedAtMs } = request;
    const bytes = Buffer.byteLength(request.body);
    const durationMs = () => Date.now() - receivedAtMs;
    recorder.record({ type: types.request, atMs: receivedAtMs, bytes });
    try {
      const answer = await route(request);
      const { status, facts } = answer;
      const outcome = types.done.slice(types.done.lastIndexOf('.') + 1);
      recorder.record({ type: types.done, status, outcome, durationMs: durationMs(), ...facts });
      return answer;
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError('internal_error', '');
      const { status } = errorKinds[known.code];
      const type = typeof types.refused === 'string' ? types.refused : types.refused(known);
      const facts = { status, outcome: known.code, durationMs: durationMs() };
      recorder.record({ type, ...facts });
      if (known.code === 'rate_limited') recorder.record({ type: 'relay.rate_limited', ...facts });
      throw error;
    }
  };
}
