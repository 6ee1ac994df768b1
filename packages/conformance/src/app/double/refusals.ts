/** What an App is told when a request is not answered as it hoped: the relay's own problems, and what others say in its name. */

/** A whole answer. */
export interface Refusal {
  status: number;
  type: string;
  body: string;
  headers?: Record<string, string>;
}

/** A problem's members beside those that every problem has. */
export interface ProblemDetails {
  id?: string;
  outcome?: string;
  retry?: 'same-id' | 'new-id';
  retryAfterMs?: number;
  limitBytes?: number;
}

/** The relay's codes, each with its status. */
const statuses = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  code_not_found: 404,
  not_found: 404,
  idempotency_conflict: 409,
  too_many_clients: 409,
  payload_too_large: 413,
  rate_limited: 429,
  internal_error: 500,
  runtime_disconnected: 502,
  runtime_offline: 503,
  rpc_timeout: 504,
} as const;

/** One of them. */
export type Code = keyof typeof statuses;

/** The members of a problem. */
export interface Problem extends ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: Code;
  detail: string;
  retryable: boolean;
  requestId: string;
}

/** A problem of the relay. It is retryable where it says how. */
export function problemOf(code: Code, details: ProblemDetails = {}): Problem {
  return {
    type: `urn:agenttown:error:${code}`,
    title: 'No',
    status: statuses[code],
    code,
    detail: 'No, says the kit.',
    retryable: details.retry !== undefined,
    requestId: 'kit',
    ...details,
  };
}

/** The same as an answer. */
export function refusal(code: Code, details: ProblemDetails = {}): Refusal {
  const problem = problemOf(code, details);
  const seconds = Math.ceil((details.retryAfterMs ?? 0) / 1_000);
  return {
    status: problem.status,
    type: 'application/problem+json',
    body: JSON.stringify(problem),
    ...(seconds > 0 ? { headers: { 'retry-after': String(seconds) } } : {}),
  };
}

/** A page in the relay's place, as a hotel's network has it. */
export const portal = (status: number): Refusal => ({
  status,
  type: 'text/html',
  body: '<!doctype html><title>Welcome</title><p>Please sign in.</p>',
});
