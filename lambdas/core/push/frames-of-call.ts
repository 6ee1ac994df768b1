/** What an App reads of a call on its socket: its end, as an answer under the id under which it asked, and its progress. */
import { answerOf } from '../answer/call-answer';
import type { EndedCall, Listener, Progress } from '../call/states';
import { ApiError, problemOf } from '../wire/errors';
import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';

/**
 * How long whoever tells a listener waits for its post, in milliseconds: whoever ends a call answers its own caller after it, two
 * seconds after the deadline at most, and a post takes 80 ms at the 99th percentile.
 */
export const toldWithinMs = 1_000;

/** The answer: what HTTP gives, with the problem that HTTP would have given in `error.data`. */
export function endFrame(id: Listener['id'], call: EndedCall, requestId: string): string {
  try {
    return answerFrame(id, call);
  } catch (error) {
    if (error instanceof ApiError) return problemFrame(id, error, requestId);
    throw error;
  }
}

/** An answer too large for a message names the call, whose answer is then fetched by HTTP. */
function answerFrame(id: Listener['id'], call: EndedCall): string {
  const callId = call.id ?? '';
  const { ok, result, error, durationMs } = answerOf(callId, call, call.end);
  const meta = { id: callId, outcome: call.end.outcome, durationMs };
  const said = ok ? { ok, result } : { ok, error };
  const frame = JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ...said, meta });
  if (Buffer.byteLength(frame) <= limits.maxPostedCommandBytes) return frame;
  throw new ApiError('payload_too_large', 'The answer is too large for a socket: fetch it by its id.', {
    id: callId,
    limitBytes: limits.maxPostedCommandBytes,
  });
}

/** JSON-RPC has one place for what went wrong: the problem that HTTP would have given stands in `data`. */
export function problemFrame(id: Listener['id'] | null, error: ApiError, requestId: string): string {
  const code = error.code === 'invalid_request' ? -32600 : -32000;
  const problem = { code, message: error.message, data: problemOf(error, requestId) };
  return JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ok: false, error: problem });
}

/** One step of progress. */
export function progressFrame(id: Listener['id'], { seq, data }: Progress): string {
  return eventFrame('relay.progress', { id, seq, data });
}
