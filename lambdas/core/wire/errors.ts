/**
 * The closed list of errors that a caller can meet, and the one class that carries them. The HTTP adapter
 * turns it into `application/problem+json` (RFC 9457); nothing else in the code spells a status.
 */

/**
 * How a retryable request is repeated. `same-id`: under the same id, which never runs a call twice. `new-id`: its command may
 * have run, and the same id gives the same end again; a new one may run it twice, which the caller decides.
 */
export type Retry = 'same-id' | 'new-id';

/** What a `code` stands for. */
export interface ErrorKind {
  status: number;
  title: string;
  retryable: boolean;
  /** Of a retryable one, unless the problem itself says otherwise. */
  retry?: Retry;
}

/** Every `code` of a problem, with its HTTP status, title, whether the request may succeed later, and how it is repeated. */
export const errorKinds = {
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  descriptor_rejected: { status: 400, title: 'The descriptor was rejected', retryable: false },
  unauthorized: { status: 401, title: 'The credential is missing or not valid', retryable: false },
  forbidden: { status: 403, title: 'The credential is not for this', retryable: false },
  code_not_found: { status: 404, title: 'The code is unknown, expired or used', retryable: false },
  not_found: { status: 404, title: 'There is nothing here', retryable: false },
  method_not_allowed: { status: 405, title: 'The method is not allowed here', retryable: false },
  code_exists: { status: 409, title: 'The pairing code is waiting already', retryable: false },
  idempotency_conflict: { status: 409, title: 'The id was used for another call', retryable: false },
  too_many_clients: { status: 409, title: 'The gateway has all the clients it may have', retryable: false },
  payload_too_large: { status: 413, title: 'The payload is too large', retryable: false },
  unsupported_media_type: { status: 415, title: 'The media type is not supported', retryable: false },
  rate_limited: { status: 429, title: 'Too many attempts', retryable: true, retry: 'same-id' },
  internal_error: { status: 500, title: 'The server failed', retryable: true, retry: 'same-id' },
  runtime_disconnected: {
    status: 502,
    title: 'The runtime went away during the call',
    retryable: true,
    retry: 'new-id',
  },
  runtime_offline: { status: 503, title: 'The runtime is not connected', retryable: true, retry: 'same-id' },
  rpc_timeout: { status: 504, title: 'The runtime did not answer in time', retryable: true, retry: 'new-id' },
} as const satisfies Record<string, ErrorKind>;

/** The `code` of a problem. */
export type ErrorCode = keyof typeof errorKinds;

/** Where a request is wrong, and why; never the value itself. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a problem may say beyond its kind. */
export interface ErrorDetails {
  /** When the same request may be tried again, in milliseconds from now. */
  retryAfterMs?: number;
  /** How a retryable request is repeated, where its kind alone does not tell. */
  retry?: Retry;
  /** The fields at fault. */
  errors?: FieldError[];
  /** The limit that was passed, in bytes (`payload_too_large`). */
  limitBytes?: number;
  /** The call that failed (rpc routes), so that its caller can ask for it again. */
  id?: string;
  /** The one word for how the call ended (rpc routes). */
  outcome?: string;
}

/** A failure that the caller may see. `message` is the `detail` and holds no submitted value. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The error as the caller may see it: what the contract does not know is a fault, told without its words. */
export function knownError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('internal_error', 'The server met a fault. It has been logged.');
}

/** The body of a problem response. */
export interface Problem extends ErrorDetails {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  retryable: boolean;
  requestId: string;
}

/** Turns an error into the body that the caller gets. */
export function problemOf(error: ApiError, requestId: string): Problem {
  const kind: ErrorKind = errorKinds[error.code];
  return {
    type: `urn:agenttown:error:${error.code}`,
    title: kind.title,
    status: kind.status,
    code: error.code,
    detail: error.message,
    retryable: kind.retryable,
    ...(kind.retry ? { retry: kind.retry } : {}),
    ...error.details,
    requestId,
  };
}
