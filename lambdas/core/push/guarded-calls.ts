/** The calls of a gateway for which nobody waits. */
import { callsUnderWay } from '../call/calls-under-way';
import type { StoredCall } from '../call/states';
import type { PushWorld } from './world';

/** Those that are pending, newest first. */
export async function callsWithoutWaiter(world: PushWorld, gatewayId: string): Promise<StoredCall[]> {
  const nowMs = world.clock.now();
  const calls = await callsUnderWay(world, gatewayId, nowMs);
  return calls.filter((call) => call.guarded && !call.end && nowMs < call.deadlineMs);
}
