/**
 * A call and its states. `pending` is the only state that is left, and it is left once, by one conditional write.
 * Every state that it can end in, and who may move it there, stands in the table of outcomes (`wire/outcomes`).
 */
import { createHash } from 'node:crypto';
import type { RuntimeAnswer, RuntimeReply } from '../wire/frames';
import type { Outcome } from '../wire/outcomes';

/** Who is told of a call on a socket: that socket, and the id under which it asked there. */
export interface Listener {
  connectionId: string;
  id: string | number;
}

/** A call as it is opened. */
export interface OpenCall {
  callKey: string;
  /** As its client knows it. */
  id?: string;
  /** Tells two calls apart that use the same id one after the other; says too whether somebody follows its progress. */
  nonce: string;
  gatewayId: string;
  clientId: string;
  method: string;
  /** Kept until the call ends, for a runtime that asks what it still owes. Left out when the command has none. */
  params?: unknown;
  /** Digest of method and params: the same id with another digest is a conflict. */
  digest: string;
  /** The caller's trace, for every copy of the command. */
  traceparent?: string;
  /** The socket that the command went to, or is about to. Without one it certainly never left. */
  sentTo?: string;
  openedAtMs: number;
  deadlineMs: number;
  expiresAtMs: number;
  /** No function waits for it: its guards see to its end (`push/`), and whoever ends it tells the monitor of the whole. */
  guarded?: true;
  /** What the monitor is told of a guarded call at its end: its gateway's names, the sizes of its params and its command. */
  toTell?: { displayName: string; runtimeType: string; bytesIn?: number; commandBytes: number };
  /** Who is told on a socket. */
  listeners?: Listener[];
}

/** A call's end. */
export interface CallEnd {
  outcome: Outcome;
  atMs: number;
  /** What the runtime said, where it did. */
  answer?: RuntimeAnswer;
  /** How many steps of progress the answer counts: those that it overtook are waited for (`progress`). */
  steps?: number;
  /** Its command certainly never left (see `endAsStored`): told of the row, never written. */
  unsent?: true;
  /** Who ended it and why, where no answer did: for the monitor, never written. */
  cause?: EndCause;
}

/** What ends a call that no answer ended, in words for operators. */
export type EndCause = 'its App' | FoundCause | `${FoundCause}, found by a guard`;

type FoundCause = 'its deadline' | 'the end of its grace' | 'the revocation of its client';

/** A call as it is stored. Its params are read apart (`CallStore.paramsOf`). */
export interface StoredCall extends Omit<OpenCall, 'params'> {
  end?: CallEnd;
  /** The post of its command met a 410. */
  unreached?: true;
  /** The last `seq` that its listeners were told; -1 for none yet. Absent while nobody has told anything. */
  told?: number;
  /** Until when somebody may be telling them. */
  turnUntilMs?: number;
}

/** A call that has ended. */
export type EndedCall = StoredCall & { end: CallEnd };

/** What names one very call. */
export type CallRef = Pick<OpenCall, 'callKey' | 'nonce'>;

/** A step that the runtime reported. */
export interface Progress {
  seq: number;
  data: unknown;
  /** When it was stored. */
  atMs: number;
}

const keyLength = 22;
const markLength = 6;
const nonceLength = 8;
/** Ends the nonce of a call whose progress somebody follows: progress of all others need not be stored. */
const followed = 'p';

/**
 * The key of a client's call: the mark of its gateway, so that a runtime's frame about another gateway's call is refused
 * without a look at it, and 96 bits of a hash, so that ids of two clients never meet.
 */
export function callKeyOf(gatewayId: string, clientId: string, id: string): string {
  const own = digestOf(`${gatewayId}\n${clientId}\n${id}`).slice(0, keyLength - markLength);
  return markOf(gatewayId) + own;
}

/** So many characters of a call's key are its own within the gateway. */
export const ownKeyLength = keyLength - markLength;

/** The part of a call's key that is its own within the gateway. */
export function ownKeyOf({ callKey }: Pick<CallRef, 'callKey'>): string {
  return callKey.slice(markLength);
}

/** The key again, from a text that begins with that part. */
export function callKeyOfOwn(gatewayId: string, text: string): string {
  return markOf(gatewayId) + text.slice(0, ownKeyLength);
}

/** The keys of calls of a gateway, each once, from the ids of their leases: these begin with what is the call's own. */
export function callKeysOfLeases(gatewayId: string, leaseIds: readonly string[]): string[] {
  return [...new Set(leaseIds.map((id) => callKeyOfOwn(gatewayId, id)))];
}

/** Whether a call may be this gateway's: that of another one is told by its key alone. */
export function isCallOf({ callKey }: Pick<CallRef, 'callKey'>, gatewayId: string): boolean {
  return callKey.startsWith(markOf(gatewayId));
}

/** 36 bits of a hash: a gateway's id is drawn by the server, so nobody gets one with the mark of another. */
function markOf(gatewayId: string): string {
  return digestOf(gatewayId).slice(0, markLength);
}

/** 128 bits of SHA-256, base64url. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, keyLength);
}

/** A nonce from six random bytes. */
export function nonceOf(random: Uint8Array, followsProgress: boolean): string {
  return Buffer.from(random).toString('base64url').slice(0, nonceLength) + (followsProgress ? followed : '');
}

/** Stands in `sentTo` of a call whose socket counts for nothing any more: no socket has this id. */
export const withdrawn = '-';

/** Whether somebody follows the progress of this call. */
export function isFollowed({ nonce }: Pick<OpenCall, 'nonce'>): boolean {
  return nonce.length > nonceLength;
}

/** The id under which the runtime knows the call. */
export function frameIdOf(call: CallRef): string {
  return `rpc_${call.callKey}${call.nonce}`;
}

/** Reads a frame id back; undefined when no command of ours had it. */
export function readFrameId(id: string): CallRef | undefined {
  const match = /^rpc_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{8}p?)$/.exec(id);
  return match ? { callKey: match[1]!, nonce: match[2]! } : undefined;
}

/** How a reply of the runtime ends its call. */
export function endOf({ answer, steps }: RuntimeReply, atMs: number): CallEnd {
  const outcome = 'error' in answer ? 'runtime-error' : 'answered';
  return { outcome, atMs, answer, ...(steps ? { steps } : {}) };
}

/** The end of a call as of now: a pending call past its deadline has timed out, whoever was to write so. */
export function endAsOf(call: StoredCall, nowMs: number): CallEnd | undefined {
  if (call.end) return call.end;
  return nowMs >= call.deadlineMs ? { outcome: 'timed-out', atMs: call.deadlineMs } : undefined;
}

/** A stored end, with what its row tells of the command. One that never left makes room for the same call under the same id. */
export function endAsStored(end: CallEnd, { sentTo }: Pick<OpenCall, 'sentTo'>): CallEnd {
  return end.outcome === 'offline' && sentTo === undefined ? { ...end, unsent: true } : end;
}

/** Whether this call is opened anew in the place of a stored one: the very same, and its command never left. */
export function mayReopen(stored: StoredCall, { digest }: Pick<OpenCall, 'digest'>): boolean {
  return stored.end?.unsent === true && stored.digest === digest;
}
