/**
 * The path of a call: open it, get the command to the runtime, wait for the end. Two AWS calls stand before the
 * command: the authorising read (done by then) and the conditional put that opens the call.
 *
 * A command is posted once. Whatever the post says — sent, 410, no answer — it may have arrived, so it is never
 * posted again; only a call that met no socket at all is posted to the one that comes within the grace.
 */
import { type CallEnd, endAsOf, type OpenCall, type Outcome, type StoredCall } from './calls';
import { ApiError } from './errors';
import { limits } from './limits';
import type { CallStore, Clock, Gateway, Recorder, RuntimeSocket } from './ports';
import { type PresenceWorld, probeSocket, retireSocket, settlingMs } from './presence';
import { callEnded, callRefused, callRequested, commandSent } from './record-call';
import { nextGapMs, watchEveryMs } from './waiting';

/** What a call needs. */
export interface CallWorld extends PresenceWorld {
  calls: CallStore;
  clock: Clock;
  recorder: Recorder;
}

/** Runs a call to its end. A call with the same key is joined instead; `idempotency_conflict` when it differs. */
export async function runCall(
  world: CallWorld,
  call: OpenCall,
  gateway: Gateway,
  command: string,
): Promise<{ call: OpenCall; end: CallEnd }> {
  const { recorder } = world;
  const opened = await world.calls.open(call, world.clock.now());
  if (opened === 'opened') {
    recorder.record(callRequested(call));
    const delivery = await deliver(world, call, gateway, command);
    recorder.idle();
    const end =
      delivery === 'no-socket'
        ? await endCall(world, call, 'offline')
        : await waitForEnd(world, call, delivery === 'gone' ? 'offline' : 'disconnected');
    for (const event of callEnded(call, end)) recorder.record(event);
    return { call, end };
  }
  recorder.record(callRequested(call, 'joined'));
  if (opened.digest !== call.digest) {
    recorder.record(callRefused(call, 'idempotency_conflict', world.clock.now()));
    throw new ApiError(
      'idempotency_conflict',
      'This id was used for a call with another method or other params.',
    );
  }
  return { call: opened, end: await waitForEnd(world, opened, 'disconnected') };
}

/** Posts the command to the socket in charge, waiting out the grace where there is none. */
async function deliver(
  world: CallWorld,
  call: OpenCall,
  gateway: Gateway,
  command: string,
): Promise<'sent' | 'gone' | 'unclear' | 'no-socket'> {
  const startedAtMs = world.clock.now();
  const graceEndsMs = Math.min(startedAtMs + limits.graceMs, call.deadlineMs);
  let socket = gateway.socket;
  for (;;) {
    if (socket && (await mayPost(world, call.gatewayId, socket))) {
      if (socket.connectionId !== call.sentTo)
        await world.calls.sentTo(call.callKey, call.nonce, socket.connectionId);
      const outcome = await world.sockets.post(socket.connectionId, command);
      if (outcome === 'sent') world.recorder.record(commandSent(call, command, world.clock.now()));
      if (outcome === 'gone')
        await retireSocket(world, call.gatewayId, socket.connectionId, world.clock.now());
      return outcome;
    }
    const now = world.clock.now();
    if (now >= graceEndsMs) return 'no-socket';
    world.recorder.idle();
    await world.clock.sleep(Math.min(nextGapMs(now - startedAtMs), graceEndsMs - now));
    socket = (await world.gateways.read(call.gatewayId))?.socket;
  }
}

/** A socket that connected a moment ago is asked first, since its handshake may not be over. */
async function mayPost(world: CallWorld, gatewayId: string, socket: RuntimeSocket): Promise<boolean> {
  const now = world.clock.now();
  if (now - socket.connectedAtMs >= settlingMs) return true;
  const state = await probeSocket(world, gatewayId, socket, now);
  return state === 'open' || state === 'unclear';
}

/** Reads the call until it has ended. `ifGone` is its outcome when the runtime stays away for the grace. */
export async function waitForEnd(world: CallWorld, call: StoredCall, ifGone: Outcome): Promise<CallEnd> {
  if (call.end) return call.end;
  const startedAtMs = world.clock.now();
  let watchedAtMs = startedAtMs;
  let awaySinceMs: number | undefined;
  for (;;) {
    const waitedFrom = world.clock.now();
    await world.clock.sleep(
      Math.min(nextGapMs(waitedFrom - startedAtMs), Math.max(0, call.deadlineMs - waitedFrom)),
    );
    const watch = world.clock.now() - watchedAtMs >= watchEveryMs;
    const [stored, gateway] = await Promise.all([
      world.calls.read(call.callKey, world.clock.now()),
      watch ? world.gateways.read(call.gatewayId) : undefined,
    ]);
    const now = world.clock.now();
    if (stored?.end) return stored.end;
    if (!stored) return { outcome: 'disconnected', atMs: now };
    if (now >= call.deadlineMs) return endCall(world, call, 'timed-out');
    if (!watch) continue;
    watchedAtMs = now;
    awaySinceMs = gateway?.socket ? undefined : (awaySinceMs ?? now);
    if (awaySinceMs !== undefined && now - awaySinceMs >= limits.graceMs - watchEveryMs) {
      return endCall(world, call, ifGone);
    }
  }
}

/** Ends a call on the waiter's word; a reply that came first wins. */
async function endCall(world: CallWorld, call: OpenCall, outcome: Outcome): Promise<CallEnd> {
  const end: CallEnd = { outcome, atMs: world.clock.now() };
  const written = await world.calls.end(call, end, { waiter: true });
  if (written === 'ended') return end;
  return (written.refused && endAsOf(written.refused, end.atMs)) ?? end;
}
