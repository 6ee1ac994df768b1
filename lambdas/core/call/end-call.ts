/** Ending a call on the word of whoever waits for it, or of its App. */

import { ApiError } from '../wire/errors';
import { eventFrame } from '../wire/frames';
import type { Outcome } from '../wire/outcomes';
import type { CallWorld } from './deliver-call';
import {
  type CallEnd,
  type CallRef,
  type EndCause,
  endAsOf,
  frameIdOf,
  type StoredCall,
  withdrawn,
} from './states';

/** How often an end is written before the caller is told that nobody knows, and how long to wait in between. */
const endTries = 4;
const endPauseMs = 150;

/**
 * Ends a call on the waiter's word; a reply that came first wins. Where the table cannot be written, only a timeout is
 * certain nevertheless, by its deadline: for any other word this throws, and the caller asks again.
 */
export async function endCall(
  world: Pick<CallWorld, 'calls' | 'clock'>,
  call: CallRef,
  outcome: Outcome,
  cause: EndCause,
): Promise<CallEnd> {
  const end: CallEnd = { outcome, atMs: world.clock.now(), cause };
  for (let tries = 1; ; tries++) {
    try {
      const written = await world.calls.end(call, end, { waiter: true });
      if ('ended' in written) return { ...(written.ended.end ?? end), cause };
      return (written.refused && endAsOf(written.refused, end.atMs)) ?? end;
    } catch (error) {
      if (tries === endTries && outcome === 'timed-out') return end;
      if (tries === endTries) throw error;
      await world.clock.sleep(endPauseMs * tries);
    }
  }
}

/** Ends a call as cancelled and tells the runtime, if it may have the command. A call that has ended stays as it is; `not_found` where it was not to be. */
export async function cancelCall(
  world: Pick<CallWorld, 'calls' | 'clock' | 'sockets' | 'gateways'>,
  call: StoredCall,
  cause: EndCause = 'its App',
): Promise<CallEnd> {
  if (call.end) return call.end;
  const end = await endCall(world, call, 'cancelled', cause);
  if (end.outcome !== 'cancelled') return end;
  const standing = await world.calls.read(call.callKey, end.atMs);
  // Its opening failed meanwhile, and perhaps its App has opened it again.
  if (!standing) throw new ApiError('not_found', 'There is no such call.');
  if (standing.nonce !== call.nonce) return await cancelCall(world, standing, cause);
  const current = standing.sentTo ?? call.sentTo;
  const notice = eventFrame('relay.cancel', { id: frameIdOf(call) });
  if (current === undefined) return end;
  const posted = current === withdrawn ? 'gone' : await world.sockets.post(current, notice);
  if (posted !== 'gone') return end;
  // The runtime may be back on another socket, still at work on the command.
  const socket = (await world.gateways.read(call.gatewayId))?.sockets[0];
  if (socket && socket.connectionId !== current) await world.sockets.post(socket.connectionId, notice);
  return end;
}

/** What meets `unauthorized` once a command may have left: nobody wants the answer any more, so its call is cancelled. Throws on. */
export async function cancelIfRevoked(
  world: Parameters<typeof cancelCall>[0],
  call: StoredCall,
  error: unknown,
): Promise<never> {
  if (error instanceof ApiError && error.code === 'unauthorized')
    await cancelCall(world, call, 'the revocation of its client').catch(() => {});
  throw error;
}
