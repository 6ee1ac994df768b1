/** A problem+json body that API Gateway itself answers with, in the words of the contract. */
export interface GatewayProblem {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryable?: boolean;
  /** How a retryable request is repeated. */
  retry?: 'same-id' | 'new-id';
  retryAfterMs?: number;
  limitBytes?: number;
}

/** The mapping template of a problem. API Gateway fills in its request id. */
export function problemTemplate(problem: GatewayProblem): string {
  const { status, code, title, detail, retryable = false, ...more } = problem;
  const body = { type: `urn:agenttown:error:${code}`, title, status, code, detail, retryable, ...more };
  return JSON.stringify({ ...body, requestId: '$context.requestId' });
}

/**
 * The headers that every answer carries, as mapping expressions. The origin of an answer that no function makes is
 * fixed; several origins are told apart by the functions.
 */
export function problemHeaders(problem: GatewayProblem, [origin = '*']: string[]): Record<string, string> {
  const wait =
    problem.retryAfterMs === undefined
      ? {}
      : { 'Retry-After': `'${Math.ceil(problem.retryAfterMs / 1000)}'` };
  return {
    'Content-Type': "'application/problem+json'",
    'Cache-Control': "'no-store'",
    'x-request-id': 'context.requestId',
    'Access-Control-Allow-Origin': `'${origin}'`,
    ...wait,
  };
}

/** A path that no route has. */
export const notFound: GatewayProblem = {
  status: 404,
  code: 'not_found',
  title: 'There is nothing here',
  detail: 'There is no such route.',
};
const badRequest = {
  status: 400,
  code: 'invalid_request',
  title: 'The request is not valid',
  detail: 'The request could not be read.',
};
const fault: GatewayProblem = {
  status: 500,
  code: 'internal_error',
  title: 'The server failed',
  detail: 'The server met a fault. It has been logged.',
  retryable: true,
  retry: 'same-id',
};

/** A path that exists, with a method that does not. */
export const methodNotAllowed: GatewayProblem = {
  status: 405,
  code: 'method_not_allowed',
  title: 'The method is not allowed here',
  detail: 'This path has other methods.',
};

/** What API Gateway answers before, or instead of, a function; by its own response types. */
export const gatewayProblems: Record<string, GatewayProblem> = {
  MISSING_AUTHENTICATION_TOKEN: notFound,
  RESOURCE_NOT_FOUND: notFound,
  WAF_FILTERED: {
    status: 403,
    code: 'forbidden',
    title: 'The request was refused',
    detail: 'A rule of this installation (AWS WAF) refuses the request.',
  },
  BAD_REQUEST_BODY: badRequest,
  BAD_REQUEST_PARAMETERS: badRequest,
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'The media type is not supported',
    detail: 'Send JSON.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    code: 'payload_too_large',
    title: 'The payload is too large',
    detail: 'The body is over 4194304 bytes.',
    limitBytes: 4_194_304,
  },
  THROTTLED: {
    status: 429,
    code: 'rate_limited',
    title: 'Too many attempts',
    detail: 'The server is throttled. Try again in a moment.',
    retryable: true,
    retry: 'same-id',
    retryAfterMs: 1000,
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    code: 'rpc_timeout',
    title: 'The runtime did not answer in time',
    detail: 'The function did not answer in time.',
    retryable: true,
    // Nobody knows what became of it: under the same id nothing runs twice.
    retry: 'same-id',
  },
  INTEGRATION_FAILURE: fault,
  API_CONFIGURATION_ERROR: fault,
  // Whatever else: API Gateway's own words may quote a header.
  DEFAULT_4XX: badRequest,
  DEFAULT_5XX: fault,
};
