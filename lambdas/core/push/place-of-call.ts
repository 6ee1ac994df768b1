/**
 * The place of a call that nobody waits for, in its client's row. Who ends such a call does not give its place back, since that
 * would be a write for each: whoever takes the next one drops those that are known to be over, in the same write.
 */
import { holdLeases } from '../call/hold-lease';
import { isGatewayFull, placeMarginMs, refusedPlace } from '../call/places';
import { leaseIdOf } from '../call/seen-calls';
import type { OpenCall } from '../call/states';
import { unauthorized } from '../pairing/gateways';
import type { Client, Leases } from '../pairing/ports';
import type { PushWorld } from './world';

/** Takes the place of a call. Throws `rate_limited` while all are taken, `unauthorized` without the client. */
export async function takePlace(world: PushWorld, client: Client, call: OpenCall): Promise<void> {
  const held = await holdLeases(world, client, leasesOf(call));
  if (held === 'gone') throw unauthorized();
  if (held === 'full') throw refusedPlace('calls', call.id ?? '');
  if (await isGatewayFull(world, held)) throw refusedPlace('gateway', call.id ?? '');
}

/** Gives the place back of a call that is not to be. */
export async function giveBackPlace({ clients }: PushWorld, client: Client, call: OpenCall): Promise<void> {
  await clients.giveBack(client, leasesOf(call));
}

function leasesOf(call: OpenCall): Leases {
  return { calls: { id: leaseIdOf(call), untilMs: call.deadlineMs + placeMarginMs } };
}
