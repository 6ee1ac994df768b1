/** What is too large for a frame goes by HTTP: replies up to 4 MiB in, params up to 4 MiB out. */

import type { CallStore } from '../call/ports';
import { endOf, frameIdOf, isCallOf, readFrameId } from '../call/states';
import { ApiError } from '../wire/errors';
import { type RuntimeFrame, readRuntimeFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import { isSealed } from '../wire/sealed';
import { acceptLargeReply, type ReplyOutcome } from './accept-reply';

interface PayloadWorld {
  calls: CallStore;
}

/**
 * Takes a reply frame for the command `frameId`. One that is too large ends the call as such, and the runtime is told
 * (`payload_too_large`). `not_found`: no such command of this gateway, or its call has ended.
 */
export async function postReply(
  world: PayloadWorld,
  gatewayId: string,
  frameId = '',
  body: string,
  nowMs: number,
): Promise<'accepted'> {
  const bytes = Buffer.byteLength(body);
  const frame = bytes > limits.maxSealedBodyBytes ? undefined : readRuntimeFrame(body, frameId);
  const maxBytes = frame && isSealedReply(frame) ? limits.maxSealedBodyBytes : limits.maxRpcBodyBytes;
  if (!frame || bytes > maxBytes) {
    await acceptLargeReply(world, gatewayId, frameId, { outcome: 'too-large', atMs: nowMs });
    throw new ApiError('payload_too_large', `A reply is ${limits.maxRpcBodyBytes} bytes at most.`, {
      limitBytes: limits.maxRpcBodyBytes,
    });
  }
  if (frame.kind !== 'reply') {
    const message = frame.kind === 'invalid' ? frame.message : 'must be a reply: a result or an error';
    throw new ApiError('invalid_request', message, { errors: [{ path: '', message }] });
  }
  if (frame.id !== frameId) {
    const message = 'must be the id in the path, or be left out';
    throw new ApiError('invalid_request', `The id ${message}.`, { errors: [{ path: 'id', message }] });
  }
  const outcome = await acceptLargeReply(world, gatewayId, frameId, endOf(frame, nowMs));
  if (outcome === 'ended') return 'accepted';
  throw new ApiError('not_found', refusals[outcome]);
}

function isSealedReply(frame: RuntimeFrame): boolean {
  return frame.kind === 'reply' && 'result' in frame.answer && isSealed(frame.answer.result);
}

/** A foreign call looks like an unknown one: a runtime learns nothing of other gateways. */
const refusals: Record<Exclude<ReplyOutcome, 'ended' | 'dead-socket'>, string> = {
  'unknown-call': 'No command of this gateway has this id.',
  foreign: 'No command of this gateway has this id.',
  'already-ended': 'The call has ended.',
  late: 'The deadline of the call has passed.',
};

/** The params of a command, while its call runs. `not_found` for a command of another gateway or an ended call. */
export async function paramsOfCommand(
  world: PayloadWorld,
  gatewayId: string,
  frameId: string | undefined,
  nowMs: number,
): Promise<unknown> {
  const ref = readFrameId(frameId ?? '');
  const call = ref && isCallOf(ref, gatewayId) ? await world.calls.state(ref.callKey, nowMs) : undefined;
  const mine = call?.gatewayId === gatewayId && frameIdOf(call) === frameId && !call.end;
  if (!mine) throw new ApiError('not_found', 'No running call of this gateway has this id.');
  const params = await world.calls.paramsOf(call);
  if (!params) throw new ApiError('not_found', 'The params are not kept any more.');
  return params.value ?? null;
}
