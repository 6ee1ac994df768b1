/**
 * Every limit of the protocol in one place. Sizes are bytes of UTF-8, times are in the unit of the name.
 * "API Gateway" marks a quota of the service, which no setting of ours can raise.
 */
export const limits = {
  /** HTTP request body of every route but the two below. */
  maxBodyBytes: 1024 * 1024,
  /** Body of `rpc` and of `replies`; its JSON-escaped form must fit Lambda's 6 MB event. */
  maxRpcBodyBytes: 4 * 1024 * 1024,
  /** The same where all of it is sealed: 4 MiB, padded, in base64url, as which it fits Lambda's 6 MB event still. */
  maxSealedBodyBytes: 5_800_000,
  /** How deep a JSON value may nest: far above any real one, far below what a recursive reader bears. */
  maxJsonDepth: 256,
  maxCapabilitiesBytes: 8 * 1024,
  /** Params that travel inside a command frame; with its envelope they stay under one 32 KiB frame. */
  maxInlineParamsBytes: 30_000,
  /** A whole command posted to a runtime that cannot fetch params (API Gateway: 128 KiB a message). */
  maxPostedCommandBytes: 128_000,
  /** API Gateway closes with 1009 above it. */
  maxFrameBytes: 32 * 1024,
  /** API Gateway closes with 1009 above it. */
  maxMessageBytes: 128 * 1024,
  /** API Gateway closes an idle socket with 1001. */
  maxIdleMs: 10 * 60_000,
  /** API Gateway closes a socket of this age with 1001. */
  maxConnectionMs: 2 * 60 * 60_000,
  /** How often a runtime should send something: inside the idle limit, and no oftener than that needs. */
  keepaliveMs: 480_000,
  /** By when a runtime should have opened its next socket: 10 minutes before the age limit. */
  reconnectAfterMs: 110 * 60_000,
  minTimeoutMs: 1_000,
  maxTimeoutMs: 55_000,
  /** For a streamed call: API Gateway streams for 15 minutes at most. */
  maxStreamTimeoutMs: 840_000,
  defaultTimeoutMs: 30_000,
  /** How long a call waits for a runtime that is away. */
  graceMs: 10_000,
  /** Progress of a call is passed on from `seq` 0 to this one; what comes above is dropped, so that its cost is bounded. */
  maxProgressSeq: 3_999,
  /** The `data` of one progress frame. */
  maxProgressBytes: 8 * 1024,
  /** The same where it is sealed. */
  maxSealedProgressBytes: 12 * 1024,
  /** How long an ended call's answer can be asked for. */
  keepAnswerMs: 10 * 60_000,
  maxClientsPerGateway: 32,
  /** Sockets that one relay secret, or one client token, holds at a time: the oldest makes room. */
  maxSocketsPerCredential: 4,
  /** Sockets that hear of one call at the same time. */
  maxListeners: 64,
  /** `$connect` returns a moment before its socket can be posted to; until this age a 410 may mean "not yet". */
  socketSettlingMs: 5_000,
  /** Streamed or followed calls and resumed streams that a client has open at a time. */
  maxStreamsPerClient: 16,
  /** Calls that somebody waits for, streams among them: of one client, and of all clients of a gateway. */
  maxCallsPerClient: 64,
  maxCallsPerGateway: 256,
  /** Live streams and viewers' sockets of a deployment's monitor. */
  maxWatchers: 20,
  clientUnusedMs: 90 * 24 * 60 * 60_000,
} as const;

/** What a runtime is told in `register` and `relay.hello`, so that it hard-codes none of it. */
export const runtimeLimits = {
  maxFrameBytes: limits.maxFrameBytes,
  maxMessageBytes: limits.maxMessageBytes,
  maxReplyBytes: limits.maxRpcBodyBytes,
  maxInlineParamsBytes: limits.maxInlineParamsBytes,
  maxTimeoutMs: limits.maxTimeoutMs,
  maxStreamTimeoutMs: limits.maxStreamTimeoutMs,
  maxProgressSeq: limits.maxProgressSeq,
  maxProgressBytes: limits.maxProgressBytes,
  maxClients: limits.maxClientsPerGateway,
} as const;
