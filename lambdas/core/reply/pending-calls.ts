/**
 * What a runtime still owes: `relay.pending` gives the commands of its calls that nobody has answered, with the very ids
 * they were sent under, so that a runtime takes each of them once however often it hears of it.
 */

import { callsUnderWay } from '../call/calls-under-way';
import type { CallStore } from '../call/ports';
import { metaOf, paramsByReference } from '../call/prepare-call';
import { frameIdOf, type StoredCall } from '../call/states';
import type { ClientStore, Gateway } from '../pairing/ports';
import { type Command, commandOf } from '../wire/frames';
import { limits } from '../wire/limits';

/** What answering needs. */
export interface PendingWorld {
  calls: CallStore;
  clients: ClientStore;
  paramsUrlOf: (frameId: string) => string;
}

/** An answer stays below one message of 128 KiB. */
const maxAnswerBytes = 120_000;
/** The calls owed, newest first. `next` asks for more as `params.after`. */
export interface PendingCalls {
  calls: Command[];
  next?: string;
}

/** Lists the commands that a gateway's runtime owes an answer to. */
export async function pendingCalls(
  world: PendingWorld,
  { gatewayId, features }: Pick<Gateway, 'gatewayId' | 'features'>,
  params: unknown,
  nowMs: number,
): Promise<PendingCalls> {
  const byReference = features?.includes(paramsByReference) ?? false;
  const after = readPlace(params);
  const found = (await callsUnderWay(world, gatewayId, nowMs)).filter((call) => isOwed(call, nowMs));
  const commands: Command[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (const call of found) {
    const place = placeOf(call);
    if (after !== undefined && place >= after) continue;
    if (await isTakenBack(world, call, nowMs)) continue;
    const command = await commandOfCall(world, call, byReference);
    if (!command) continue;
    const size = Buffer.byteLength(JSON.stringify(command)) + 1;
    if (bytes + size > maxAnswerBytes && last !== undefined) return { calls: commands, next: last };
    bytes += size;
    if (bytes <= maxAnswerBytes) commands.push(command);
    last = place;
  }
  return { calls: commands };
}

/** A call that no socket has had yet is still to be posted, as long as somebody may be waiting to do so. */
function isOwed(call: StoredCall, nowMs: number): boolean {
  if (call.end || nowMs >= call.deadlineMs) return false;
  return call.sentTo !== undefined || nowMs - call.openedAtMs > 2 * limits.graceMs;
}

/** So long the function may live that opens a call; until then it may find that the call is not to be, and take it back. */
const openingMs = 30_000;

/** A call that is given out while it is opened is not taken back any more. */
async function isTakenBack({ calls }: PendingWorld, call: StoredCall, nowMs: number): Promise<boolean> {
  if (!call.guarded || nowMs - call.openedAtMs > openingMs) return false;
  return (await calls.handedOut(call)) === 'ended';
}

async function commandOfCall(
  world: PendingWorld,
  call: StoredCall,
  byReference: boolean,
): Promise<Command | undefined> {
  const params = await world.calls.paramsOf(call);
  if (!params) return undefined;
  const frameId = frameIdOf(call);
  const meta = metaOf(call);
  const whole = commandOf(frameId, call.method, params.value, meta);
  if (!byReference || Buffer.byteLength(JSON.stringify(whole)) <= limits.maxInlineParamsBytes) return whole;
  return commandOf(frameId, call.method, undefined, { ...meta, paramsUrl: world.paramsUrlOf(frameId) });
}

/** Places sort as the calls do, newest last. */
function placeOf({ openedAtMs, callKey }: StoredCall): string {
  return `${openedAtMs}.${callKey}`;
}

/** The place of an earlier answer; anything else begins at the newest. */
function readPlace(params: unknown): string | undefined {
  const after = (params as { after?: unknown } | null | undefined)?.after;
  return typeof after === 'string' && /^\d{13}\.[A-Za-z0-9_-]{22}$/.test(after) ? after : undefined;
}
