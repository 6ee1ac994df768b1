/**
 * What can go wrong, as classes. `retryable` says whether a repeat can help, `retry` how: `same-id` never runs a call
 * twice, `new-id` may, so the library never does that by itself.
 */

/** How a repeat is to be made. */
export type Retry = 'same-id' | 'new-id';

/** What an error carries beside its message. Members of a problem (RFC 9457) keep their names. */
export interface ErrorDetails {
  code: string | number;
  retryable?: boolean | undefined;
  retry?: Retry | undefined;
  /** The HTTP status, where there was one. */
  status?: number | undefined;
  /** The call's id. */
  id?: string | undefined;
  /** How the call ended, in the protocol's words. */
  outcome?: string | undefined;
  requestId?: string | undefined;
  /** When a repeat makes sense, in milliseconds from now. */
  retryAfterMs?: number | undefined;
  limitBytes?: number | undefined;
  /** The fields at fault. */
  errors?: Array<{ path: string; message: string }> | undefined;
  /** What a runtime's error carried as data. */
  data?: unknown;
  cause?: unknown;
}

/** The base of every error here. */
export class RelayError extends Error {
  // Written out: a minifier shortens what a class is called.
  override name = 'RelayError';
  readonly code: string | number;
  readonly retryable: boolean;
  declare readonly retry?: Retry;
  declare readonly status?: number;
  declare readonly id?: string;
  declare readonly outcome?: string;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly limitBytes?: number;
  declare readonly errors?: Array<{ path: string; message: string }>;
  declare readonly data?: unknown;

  constructor(message: string, details: ErrorDetails) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, rest);
    this.code = details.code;
    this.retryable = details.retryable ?? false;
  }
}

/** The credential is missing, wrong, expired or revoked: pair anew. */
export class Unauthorized extends RelayError {
  override name = 'Unauthorized';
}
/** The credential holds, but not for this. */
export class Forbidden extends RelayError {
  override name = 'Forbidden';
}
/** Not there, or not there any more. */
export class NotFound extends RelayError {
  override name = 'NotFound';
}
/** The code is unknown, expired or used. */
export class CodeNotFound extends NotFound {
  override name = 'CodeNotFound';
}
/** The request does not hold; `errors` names each field. */
export class InvalidRequest extends RelayError {
  override name = 'InvalidRequest';
}
/** The id was used for another call, or the gateway has all the clients it may have. */
export class Conflict extends RelayError {
  override name = 'Conflict';
}
/** Over a limit; `limitBytes` names it. */
export class TooLarge extends RelayError {
  override name = 'TooLarge';
}
/** Too much at a time; `retryAfterMs` says when again. */
export class RateLimited extends RelayError {
  override name = 'RateLimited';
}
/** The server failed. */
export class ServerFault extends RelayError {
  override name = 'ServerFault';
}
/** No runtime took the call within the grace. */
export class RuntimeOffline extends RelayError {
  override name = 'RuntimeOffline';
}
/** The runtime left during the call and stayed away: it may have run. */
export class RuntimeDisconnected extends RelayError {
  override name = 'RuntimeDisconnected';
}
/** No answer in time: it may have run, or run still. */
export class RpcTimeout extends RelayError {
  override name = 'RpcTimeout';
}
/** The call was cancelled. */
export class Cancelled extends RelayError {
  override name = 'Cancelled';
}
/** The runtime answered with an error of its own: `code` and `data` are the runtime's. */
export class RuntimeError extends RelayError {
  override name = 'RuntimeError';
}
/** The server was not reached, or what answered is no relay (a captive portal, a proxy). */
export class Unreachable extends RelayError {
  override name = 'Unreachable';
}
/** Sealing failed: the other end does not know the code or the key, or what came is not what it sealed. Nothing was said in plain words. */
export class SealBroken extends RelayError {
  override name = 'SealBroken';
}
/** A runtime's identity is unknown to the server: its secret was rotated elsewhere, or it was removed. Register anew. */
export class IdentityLost extends RelayError {
  override name = 'IdentityLost';
}

type ErrorClass = new (message: string, details: ErrorDetails) => RelayError;

const classes = new Map<string, ErrorClass>([
  ['unauthorized', Unauthorized],
  ['forbidden', Forbidden],
  ['not_found', NotFound],
  ['code_not_found', CodeNotFound],
  ['invalid_request', InvalidRequest],
  ['idempotency_conflict', Conflict],
  ['too_many_clients', Conflict],
  ['payload_too_large', TooLarge],
  ['rate_limited', RateLimited],
  ['internal_error', ServerFault],
  ['runtime_offline', RuntimeOffline],
  ['runtime_disconnected', RuntimeDisconnected],
  ['rpc_timeout', RpcTimeout],
]);

/** A server that does not say `retry` gives an ended call's end again for its id: only a new one can end otherwise. */
const endsOfCalls = new Set(['runtime_offline', 'runtime_disconnected', 'rpc_timeout']);

/** A problem as its error; undefined where the body is no problem of a relay. */
export function errorOfProblem(body: unknown): RelayError | undefined {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (!String(problem.type).startsWith('urn:agenttown:error:')) return undefined;
  const code = String(problem.code);
  const { detail, title, type: _, retry, ...rest } = problem;
  const how = retry ?? (endsOfCalls.has(code) ? 'new-id' : 'same-id');
  const details = { ...rest, code, ...(problem.retryable ? { retry: how } : {}) } as ErrorDetails;
  return new (classes.get(code) ?? RelayError)(String(detail ?? title), details);
}

/** The server was not reached. */
export function unreachable(message: string, more: Partial<ErrorDetails> = {}): Unreachable {
  return new Unreachable(message, { code: 'unreachable', retryable: true, retry: 'same-id', ...more });
}

/** What the caller passed is wrong. */
export function invalid(path: string, message: string): InvalidRequest {
  return new InvalidRequest(`${path} ${message}.`, { code: 'invalid_request', errors: [{ path, message }] });
}

/** An error of the entry `sealed`, which is bundled apart, as one of this entry's own; any other as it is. */
export function ownError(error: unknown): unknown {
  const { name, message, code = 'seal_broken' } = (error ?? {}) as Partial<SealBroken>;
  if (name !== 'SealBroken' || error instanceof SealBroken) return error;
  return new SealBroken(String(message), { code, cause: error });
}
