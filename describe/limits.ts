/** Every limit, with what happens over it. One of `limits` that is missing here does not compile. */
import { guessLimits, registrationsPerMinute } from '../lambdas/core/pairing/attempts';
import { maxDescriptorBytes, maxDescriptorDepth } from '../lambdas/core/pairing/descriptor-check';
import { limits } from '../lambdas/core/wire/limits';

interface DescribedLimit {
  what: string;
  /** Bytes, milliseconds or a count, as the name says. */
  value: number;
  /** What happens over it, or instead. */
  over: string;
}

const others = {
  maxDescriptorBytes,
  maxDescriptorDepth,
  registrationsPerMinute,
  failedRedeems: guessLimits.failuresPerWindow,
  failedRedeemsWindowMs: guessLimits.windowMs,
  failedRedeemsPauseMs: guessLimits.pauseMs,
};

/** How the server itself works: nobody outside meets it. */
type Inner = 'socketSettlingMs';

type LimitName = Exclude<keyof typeof limits, Inner> | keyof typeof others;

const words: Record<LimitName, [what: string, over: string]> = {
  maxBodyBytes: ['A body, except of calls and replies.', '413 payload_too_large'],
  maxRpcBodyBytes: [
    'The body of a call or a reply.',
    '413 payload_too_large; a reply ends its call as too-large',
  ],
  maxSealedBodyBytes: [
    'The same where `params`, or the result, is one member `sealed`.',
    '413 payload_too_large; a reply ends its call as too-large',
  ],
  maxJsonDepth: ['How deep a body or a frame may nest.', '400 invalid_request; on the socket -32700'],
  maxCapabilitiesBytes: ['`capabilities`, as JSON.', '400 invalid_request'],
  maxDescriptorBytes: ['A descriptor, as JSON.', '413 payload_too_large'],
  maxDescriptorDepth: ['How deep a descriptor may nest.', '400 descriptor_rejected'],
  maxInlineParamsBytes: [
    'A command with its params in the frame.',
    'By reference where the runtime can fetch, else posted whole',
  ],
  maxPostedCommandBytes: ["A command posted whole; an answer on an App's socket.", '413 payload_too_large'],
  maxFrameBytes: ["A frame to the server (API Gateway's own).", 'closed with 1009'],
  maxMessageBytes: ["A message to the server (API Gateway's own).", 'closed with 1009'],
  maxIdleMs: ["Silence of a socket (API Gateway's own).", 'closed with 1001'],
  maxConnectionMs: ["Age of a socket (API Gateway's own).", 'closed with 1001'],
  keepaliveMs: ['How often a runtime should send something.', 'the socket may be closed as idle'],
  reconnectAfterMs: [
    'By when a runtime should have opened its next socket.',
    'the socket may be closed as old',
  ],
  minTimeoutMs: ['Shortest `timeoutMs`.', '400 invalid_request'],
  maxTimeoutMs: ['Longest `timeoutMs` of a plain call.', '400 invalid_request'],
  maxStreamTimeoutMs: [
    "Longest `timeoutMs` of a streamed call, and of one on an App's socket.",
    '400 invalid_request',
  ],
  defaultTimeoutMs: ['`timeoutMs` where none is given.', 'the call ends as timed-out'],
  graceMs: ['How long a call waits for a runtime that is away.', 'the call ends as offline or disconnected'],
  maxProgressSeq: ['Highest `seq` of progress.', 'dropped'],
  maxProgressBytes: ['`data` of one step of progress, as JSON.', 'dropped'],
  maxSealedProgressBytes: ['The same where it is one member `sealed`.', 'dropped'],
  keepAnswerMs: ['How long the answer of an ended call can be asked for.', '404 not_found'],
  maxSocketsPerCredential: [
    'Open sockets of one relay secret, or of one client.',
    'the oldest is closed with 4008',
  ],
  maxClientsPerGateway: ['Clients of a gateway.', '409 too_many_clients; the code stays good'],
  maxStreamsPerClient: ['Streamed, followed and resumed calls that a client has open.', '429 rate_limited'],
  maxCallsPerClient: ['Calls of a client under way.', '429 rate_limited'],
  maxCallsPerGateway: ['Calls of all clients of a gateway under way.', '429 rate_limited'],
  maxListeners: ['Sockets that hear of one call.', '429 rate_limited'],
  maxWatchers: ["Live streams and viewers' sockets of a deployment's monitor.", '429 rate_limited'],
  clientUnusedMs: ['How long a client lives without being used.', '401 unauthorized'],
  registrationsPerMinute: ['Registrations and descriptors of one source in a minute.', '429 rate_limited'],
  failedRedeems: ['Failed redeems of one source within the window.', '429 rate_limited for the pause'],
  failedRedeemsWindowMs: ['The window of failed redeems.', 'the count begins anew'],
  failedRedeemsPauseMs: ['How long a source that failed too often is refused.', 'it is heard again'],
};

/** The limits as they stand in the document. */
export function describedLimits(): Record<string, DescribedLimit> {
  const values: Record<LimitName, number> = { ...limits, ...others };
  const entries = Object.entries(words) as Array<[LimitName, [string, string]]>;
  return Object.fromEntries(
    entries.map(([name, [what, over]]) => [name, { what, value: values[name], over }]),
  );
}
