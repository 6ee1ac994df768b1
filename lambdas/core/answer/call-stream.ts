/** A call as server-sent events: accepted, progress, then one result or error. */

import type { CallEnd, OpenCall, Progress } from '../call/states';
import { ApiError, problemOf } from '../wire/errors';
import type { Clock } from '../wire/ports';
import { answerOf, problemOfEnd } from './call-answer';

/** A comment keeps proxies from taking the stream for dead; the contract promises one every 15 s. */
const commentEveryMs = 10_000;

/** What a stream is about. */
export interface StreamedCall {
  id: string;
  call: Pick<OpenCall, 'openedAtMs' | 'deadlineMs'>;
  requestId: string;
  /** False for a stream that goes on where another stopped. */
  announce: boolean;
}

/** The stream's text, piece by piece. It ends with the call, whatever happens. */
export async function* streamOfCall(
  { id, call, requestId, announce }: StreamedCall,
  sights: AsyncGenerator<Progress[], CallEnd | 'pending'>,
  clock: Clock,
): AsyncGenerator<string> {
  let wroteAtMs = clock.now();
  // A stream begins with something, so that its head leaves at once.
  yield announce ? event('accepted', { id }) : ': resumed\n\n';
  try {
    for (;;) {
      const { done, value } = await sights.next();
      if (done) {
        if (value !== 'pending') yield lastEvent(id, call, value, requestId);
        return;
      }
      const text = value.map(({ seq, data }) => event('progress', { id, seq, data }, seq)).join('');
      const now = clock.now();
      if (text === '' && now - wroteAtMs < commentEveryMs) continue;
      wroteAtMs = now;
      yield text === '' ? ': still running\n\n' : text;
    }
  } catch (error) {
    const known =
      error instanceof ApiError ? error : new ApiError('internal_error', 'The server met a fault.', { id });
    yield event('error', problemOf(known, requestId));
  } finally {
    await sights.return('pending');
  }
}

function lastEvent(id: string, call: StreamedCall['call'], end: CallEnd, requestId: string): string {
  const problem = problemOfEnd(id, call, end);
  if (problem) return event('error', problemOf(problem, requestId));
  return event(end.outcome === 'answered' ? 'result' : 'error', answerOf(id, call, end));
}

/** JSON has no line breaks, so one data line is enough. */
function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
