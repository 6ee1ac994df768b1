/**
 * Gets a command to the runtime, once. Whatever a post says — sent, 410, no answer — the command may have arrived,
 * so it is never posted again; only a call that met no socket at all is posted to the one that comes within the
 * grace. A runtime that came back may ask what it still owes (`relay.pending`).
 */

import type { Recorder } from '../monitor/ports';
import { unauthorized } from '../pairing/gateways';
import type { Gateway, OpenSocket } from '../pairing/ports';
import { isSettling, type PresenceWorld, probeSocket, retireSocket } from '../presence/presence';
import { limits } from '../wire/limits';
import type { Clock } from '../wire/ports';
import { gatewayOfClient } from './ends-watch';
import type { Places } from './places';
import type { CallStore } from './ports';
import type { CallEnd, OpenCall } from './states';
import { commandSent } from './tell-monitor';
import { checkClientEveryMs, nextGapMs } from './waiting';

/** What a call needs. */
export interface CallWorld extends PresenceWorld {
  calls: CallStore;
  clock: Clock;
  recorder: Recorder;
}

/** `gone` and `unclear`: posted, and nobody knows whether it arrived. `no-socket`: certainly never posted. */
export type Delivery = 'sent' | 'gone' | 'unclear' | 'no-socket' | { ended: CallEnd };

/** Posts the command to the socket in charge, waiting out the grace where there is none. */
export async function deliverCall(
  world: CallWorld,
  call: OpenCall,
  gateway: Gateway,
  command: string,
  places: Pick<Places, 'takeWhenLong'>,
): Promise<Delivery> {
  const { clock } = world;
  const startedAtMs = clock.now();
  const graceEndsMs = Math.min(startedAtMs + limits.graceMs, call.deadlineMs);
  let [socket] = gateway.sockets;
  let sentTo = call.sentTo;
  let clientDueMs = startedAtMs + checkClientEveryMs;
  for (;;) {
    if (socket && (await mayPost(world, call.gatewayId, socket))) {
      const noted =
        socket.connectionId === sentTo ||
        (await world.calls.sentTo(call, socket.connectionId).catch(() => 'unclear'));
      if (noted === true || noted === 'noted') return await post(world, call, gateway, socket, command);
      sentTo = undefined;
    }
    const now = clock.now();
    if (now >= graceEndsMs) return 'no-socket';
    world.recorder.idle();
    await clock.sleep(Math.min(nextGapMs(now - startedAtMs), graceEndsMs - now));
    const isClientDue = clock.now() >= clientDueMs;
    if (isClientDue) clientDueMs = clock.now() + checkClientEveryMs;
    const [current, stored] = await Promise.all([
      (isClientDue ? gatewayOfClient(world, call) : world.gateways.read(call.gatewayId)).catch(() => gateway),
      world.calls.read(call.callKey, clock.now()).catch(() => undefined),
      places.takeWhenLong(),
    ]);
    if (stored?.nonce === call.nonce && stored.end) return { ended: stored.end };
    // Nothing goes out for a client that is none any more.
    if (current === 'revoked') throw unauthorized();
    socket = current?.sockets[0];
  }
}

async function post(world: CallWorld, call: OpenCall, gateway: Gateway, socket: OpenSocket, command: string) {
  // The reply may be back before the post says that it was sent.
  const leavesAtMs = world.clock.now();
  const withinMs = call.deadlineMs - leavesAtMs;
  const outcome = await world.sockets.post(socket.connectionId, command, withinMs);
  if (outcome === 'sent')
    world.recorder.record(commandSent(call, gateway, Buffer.byteLength(command), leavesAtMs));
  if (outcome === 'gone') {
    await retireSocket(world, call.gatewayId, socket, world.clock.now()).catch(() => {});
  }
  return outcome;
}

/** A socket that connected a moment ago is asked first, since its handshake may not be over; without an answer once more. */
async function mayPost(world: CallWorld, gatewayId: string, socket: OpenSocket): Promise<boolean> {
  const now = world.clock.now();
  if (!isSettling(socket, now)) return true;
  const state = await probeSocket(world, gatewayId, socket, now).catch(() => 'unclear');
  return state === 'open';
}
