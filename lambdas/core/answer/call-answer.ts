/** What a caller gets for a call that has ended: the same wherever and whenever it asks. */

import type { CallEnd, OpenCall } from '../call/states';
import { ApiError } from '../wire/errors';
import { limits } from '../wire/limits';
import { type Outcome, type OutcomeRule, outcomes } from '../wire/outcomes';

type Ended = Pick<OpenCall, 'openedAtMs' | 'deadlineMs'>;

/** The body of the 200. Throws the problem instead for an outcome that has one. */
export function answerOf(id: string, call: Ended, end: CallEnd): Record<string, unknown> {
  const problem = problemOfEnd(id, call, end);
  if (problem) throw problem;
  const durationMs = Math.max(0, end.atMs - call.openedAtMs);
  if (end.outcome === 'cancelled') {
    const error = { code: 'cancelled', message: 'The call was cancelled.' };
    return { ok: false, id, error, durationMs };
  }
  return { ok: end.outcome === 'answered', id, ...end.answer, durationMs };
}

/** The problem that an outcome stands for, if it stands for one. */
export function problemOfEnd(id: string, call: Ended, end: CallEnd): ApiError | undefined {
  const rule: OutcomeRule = outcomes[end.outcome];
  if (!rule.problem) return undefined;
  const retry = (end.unsent && rule.retryUnsent) || rule.retry;
  return new ApiError(rule.problem, details[end.outcome](call), {
    id,
    outcome: end.outcome,
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
    ...(retry ? { retry } : {}),
    ...(end.outcome === 'too-large' ? { limitBytes: limits.maxRpcBodyBytes } : {}),
  });
}

const none = () => '';
const details: Record<Outcome, (call: Ended) => string> = {
  answered: none,
  'runtime-error': none,
  cancelled: none,
  'too-large': () => "The runtime's reply was over the limit, and was not kept.",
  offline: () => 'No runtime is connected for this gateway.',
  disconnected: () => 'The runtime went away during the call and did not return.',
  'timed-out': ({ openedAtMs, deadlineMs }) =>
    `The runtime did not answer within ${Math.round((deadlineMs - openedAtMs) / 1000)} s.`,
};
