/**
 * The path of a call: open it, get the command to the runtime, wait for the end. Two AWS calls stand before the
 * command: the authorising read (done by then) and the conditional put that opens the call; params that go by
 * reference are a third.
 */

import type { Gateway } from '../pairing/ports';
import { type CallWorld, type Delivery, deliverCall } from './deliver-call';
import { cancelIfRevoked, endCall } from './end-call';
import type { Places } from './places';
import type { PreparedCall } from './prepare-call';
import { type CallEnd, isFollowed, type Progress, type StoredCall } from './states';
import {
  callEnded,
  callProgressed,
  callRequested,
  idempotencyConflict,
  progressEveryMs,
} from './tell-monitor';
import { watchCall } from './watch-call';

/** A call that is under way. */
export interface StartedCall extends PreparedCall {
  gateway: Gateway;
  /** What its waiter holds of its client's quota. */
  places: Places;
  /** The call that runs under this id already, where one does. */
  joined?: StoredCall;
}

/**
 * Opens a call, or joins the one that has its id; `idempotency_conflict` when that one is another call, `rate_limited` when
 * its client has no place for it.
 */
export async function startCall(
  world: CallWorld,
  prepared: PreparedCall,
  gateway: Gateway,
  places: Places,
): Promise<StartedCall> {
  if (isFollowed(prepared.call)) await places.take();
  else await places.requireRoom();
  const opened = await world.calls.open(prepared.call, world.clock.now());
  world.recorder.record(callRequested(prepared.call, gateway, opened === 'opened' ? undefined : 'joined'));
  if (opened === 'opened') return { ...prepared, gateway, places };
  if (opened.digest !== prepared.call.digest) throw idempotencyConflict(world, prepared.call, gateway);
  return { ...prepared, gateway, places, joined: opened };
}

/** How a started call is waited for. */
export interface Wait {
  /** Until when one that was joined is waited for; then it is `pending`. */
  untilMs: number;
  /** Progress after this `seq` is wanted. */
  progressAfter?: number;
}

/** Takes a started call to its end. */
export async function* finishCall(
  world: CallWorld,
  started: StartedCall,
  wait: Wait,
): AsyncGenerator<Progress[], CallEnd | 'pending'> {
  const { joined, call, gateway, places } = started;
  if (joined) return yield* watchCall(world, joined, { ifGone: 'disconnected', places, ...wait });
  const told = { steps: 0, atMs: 0 };
  const end = yield* tellingProgress(world, started, told, runOpened(world, started, wait));
  if (end === 'pending') return end;
  for (const event of callEnded(call, gateway, end, told.steps)) world.recorder.record(event);
  return end;
}

/** Passes progress on, counts its steps, and tells the monitor of them now and then. */
async function* tellingProgress(
  world: CallWorld,
  { call, gateway }: StartedCall,
  told: { steps: number; atMs: number },
  sights: AsyncGenerator<Progress[], CallEnd | 'pending'>,
): AsyncGenerator<Progress[], CallEnd | 'pending'> {
  try {
    for (;;) {
      const { done, value } = await sights.next();
      if (done) return value;
      told.steps += value.length;
      const last = value.at(-1);
      const nowMs = world.clock.now();
      if (last && nowMs - told.atMs >= progressEveryMs) {
        told.atMs = nowMs;
        world.recorder.record(callProgressed(call, gateway, told.steps, last));
      }
      yield value;
    }
  } finally {
    await sights.return('pending');
  }
}

async function* runOpened(world: CallWorld, started: StartedCall, { progressAfter }: Wait) {
  const delivery = await deliverWithParams(world, started);
  world.recorder.idle();
  if (typeof delivery === 'object') return delivery.ended;
  if (delivery === 'no-socket') return await endCall(world, started.call, 'offline', 'the end of its grace');
  const { places } = started;
  // A runtime that comes back asks for what may not have arrived.
  if (delivery !== 'sent')
    await places.takeIfPossible().catch((error) => cancelIfRevoked(world, started.call, error));
  return yield* watchCall(world, started.call, {
    places,
    ifGone: delivery === 'gone' ? 'offline' : 'disconnected',
    unsure: delivery !== 'sent',
    ...(progressAfter === undefined ? {} : { progressAfter }),
  });
}

/** What a command refers to is there before it; what only `relay.pending` would need is kept beside it. */
async function deliverWithParams(world: CallWorld, started: StartedCall): Promise<Delivery> {
  const { call, gateway, command, byReference } = started;
  const kept = world.calls.keepParams(call).then(
    () => true,
    () => false,
  );
  if (byReference && !(await kept)) return 'no-socket';
  const delivery = await deliverCall(world, call, gateway, command, started.places);
  await kept;
  return delivery;
}

/** Runs a call for a caller who wants nothing but its end. */
export async function endOfCall(
  sights: AsyncGenerator<Progress[], CallEnd | 'pending'>,
): Promise<CallEnd | 'pending'> {
  for (;;) {
    const { done, value } = await sights.next();
    if (done) return value;
  }
}
