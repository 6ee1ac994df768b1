/** What the double says: limits, problems, codes. */

/** What a runtime is told of limits. */
export const doubleLimits = {
  maxFrameBytes: 32_768,
  maxMessageBytes: 131_072,
  maxReplyBytes: 4_194_304,
  maxInlineParamsBytes: 30_000,
  maxTimeoutMs: 55_000,
  maxStreamTimeoutMs: 840_000,
  maxProgressSeq: 3_999,
  maxProgressBytes: 8_192,
  maxClients: 32,
};

const words: Record<number, string> = { 401: 'unauthorized', 404: 'not_found', 500: 'internal_error' };
/** The body of one. */
export const problemOf = (status: number) => ({
  type: `urn:agenttown:error:${words[status]}`,
  title: 'No',
  status,
  code: words[status],
  detail: 'No.',
  retryable: status === 500,
  ...(status === 500 ? { retry: 'same-id', retryAfterMs: 200 } : {}),
  requestId: 'kit',
});
/** A refusal of the relay itself. */
export const problem = (status: number) => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify(problemOf(status)),
});
/** A code and its end. */
export const code = () => ({
  accessCode: 'AT-K1TK-1TK1-TK1T',
  accessCodeExpiresAt: new Date(Date.now() + 600_000).toISOString(),
});
