/**
 * Whoever ends a call tells it to those who listen on sockets: the reply's function, a waiter, a guard, the App's own cancelling.
 * The one write that ends a call says who they are, so nothing is read for it. A post that goes wrong is tried again here and
 * then by a guard, since an answer that comes twice does no harm.
 */
import type { CallStore } from '../call/ports';
import { stepsUntilMs } from '../call/progress';
import type { EndCause, EndedCall, Listener } from '../call/states';
import { wholeCall } from '../call/tell-monitor';
import { endFrame, toldWithinMs } from './frames-of-call';
import { tellRest } from './tell-progress';
import type { TellingWorld } from './world';

/** How often an answer is posted before a guard does, how long to wait in between, and when the guard comes, in milliseconds. */
const posts = 3;
const betweenPostsMs = 100;
const guardAfterMs = 2_000;

/** The world in which ends are told: its calls, once ended through it, are told to their listeners and to the monitor. */
export function telling<World extends TellingWorld>(world: World): World {
  const calls: CallStore = {
    ...world.calls,
    async end(ref, end, by) {
      const written = await world.calls.end(ref, end, by).catch(async (error) => {
        // It may have been written all the same, and whoever repeats it finds the call ended.
        const { callKey, nonce } = ref;
        await world.guards.send({ kind: 'tell', callKey, nonce }, guardAfterMs).catch(() => {});
        throw error;
      });
      if ('ended' in written) await ended(world, written.ended as EndedCall, end.cause);
      return written;
    },
  };
  return { ...world, calls };
}

async function ended(world: TellingWorld, call: EndedCall, cause: EndCause | undefined): Promise<void> {
  world.seenCalls.noteEnd(call, world.clock.now());
  const end = cause ? { ...call.end, cause } : call.end;
  if (call.guarded) for (const event of wholeCall(call, end)) world.recorder.record(event);
  await tellEnd(world, call);
}

/** Posts what is left of a call's progress, and its answer, to all who listen. A socket that is gone asks later. */
export async function tellEnd(world: TellingWorld, call: EndedCall): Promise<void> {
  const { listeners = [] } = call;
  if (listeners.length === 0) return;
  if (call.told !== undefined || stepsUntilMs(call) > 0) await tellRest(world, call);
  const told = await Promise.all(listeners.map((listener) => postEnd(world, call, listener)));
  if (told.every(Boolean)) return;
  const { callKey, nonce } = call;
  await world.guards.send({ kind: 'tell', callKey, nonce }, guardAfterMs).catch(() => {});
}

/** Posts the answer to one who listens; false when nobody knows whether it arrived. */
export async function postEnd(
  world: TellingWorld,
  call: EndedCall,
  { connectionId, id }: Listener,
): Promise<boolean> {
  const frame = endFrame(id, call, world.requestId);
  for (let tries = 1; ; tries++) {
    const startedAtMs = world.clock.now();
    if ((await world.sockets.post(connectionId, frame, toldWithinMs)) !== 'unclear') return true;
    // A connection that hangs is the guard's matter: whoever ended the call has a caller of its own.
    const hung = world.clock.now() - startedAtMs >= toldWithinMs;
    if (hung || tries === posts) return false;
    await world.clock.sleep(betweenPostsMs * tries);
  }
}
