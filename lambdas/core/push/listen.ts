/** Listening to a call from a socket: one that runs is told from then on, with what was missed; one that ended gives its answer. */
import { ProgressOrder, restOfProgress } from '../call/progress';
import type { EndedCall, Listener, StoredCall } from '../call/states';
import { ApiError } from '../wire/errors';
import { limits } from '../wire/limits';
import { postEnd } from './tell-end';
import { newTurn, tellInTurn, tellProgress, tellSteps } from './tell-progress';
import type { PushWorld } from './world';

/** How soon a turn that somebody has is asked for again, in milliseconds. */
const betweenTriesMs = 25;

/** Who wants to hear, and what of. */
export interface Hearing {
  listener: Listener;
  /** As the client knows the call. */
  id: string;
  /** Progress after this `seq` is wanted. */
  afterSeq: number;
}

/**
 * Makes a socket hear of a call. Between the read and this write the call may have ended: then its answer is given at once,
 * else whoever ends it finds the socket in the row. `gone`: it is not to be. Throws `rate_limited` when as
 * many listen as may.
 */
export async function listenTo(
  world: PushWorld,
  call: StoredCall,
  hearing: Hearing,
): Promise<'heard' | 'gone'> {
  if (call.end) {
    await giveEnd(world, call, hearing);
    return 'heard';
  }
  const { callKey, nonce, deadlineMs } = call;
  const [{ written, turn }] = await Promise.all([
    listenInTurn(world, call, hearing),
    // Whoever waits for it may die: then this guard ends it.
    world.guards.send({ kind: 'call', callKey, nonce }, Math.max(0, deadlineMs - world.clock.now())),
  ]);
  if ('listening' in written) {
    const isMore = await tellInTurn(world, written.listening, turn.holder, hearing);
    if (isMore) await tellProgress(world, call);
    return 'heard';
  }
  const { refused } = written;
  if (refused?.nonce === nonce && !refused.end)
    throw new ApiError('rate_limited', `A call has ${limits.maxListeners} listeners at most.`, {
      retryAfterMs: 1_000,
    });
  // It has ended meanwhile, or was opened anew by somebody else; or it is not to be, since its opening failed.
  const whole = await world.calls.read(callKey, world.clock.now());
  if (!whole) return 'gone';
  return await listenTo(world, whole, whole.nonce === nonce ? hearing : { ...hearing, afterSeq: -1 });
}

/** Whoever has the turn of telling progress gives it back within moments: so the newcomer misses nothing and hears nothing twice. */
async function listenInTurn(world: PushWorld, call: StoredCall, { listener, id }: Hearing) {
  for (;;) {
    const turn = newTurn(world);
    const nowMs = world.clock.now();
    const written = await world.calls.listen(call, { listener, id, turn }, nowMs);
    const standing = 'listening' in written ? undefined : written.refused;
    const isTaken = standing?.nonce === call.nonce && !standing.end && (standing.turnUntilMs ?? 0) >= nowMs;
    if (!isTaken) return { written, turn };
    await world.clock.sleep(betweenTriesMs);
  }
}

/** Posts the progress that was missed, and the answer. */
async function giveEnd(
  world: PushWorld,
  call: StoredCall,
  { listener, id, afterSeq }: Hearing,
): Promise<void> {
  const ended = { ...call, id } as EndedCall;
  for await (const steps of restOfProgress(world, ended, new ProgressOrder(afterSeq)))
    await tellSteps(world, listener, steps);
  await postEnd(world, ended, listener);
}
