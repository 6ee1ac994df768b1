/** What a client does with a call of its own afterwards: asks for it, follows it. */

import type { Client } from '../pairing/ports';
import { ApiError } from '../wire/errors';
import { check } from '../wire/json';
import { callId } from '../wire/protocol';
import type { CallWorld } from './deliver-call';
import { endCall } from './end-call';
import type { Places } from './places';
import { type CallEnd, callKeyOf, endAsOf, type Progress, type StoredCall } from './states';
import { watchCall } from './watch-call';

/** The client's call of this id. `not_found` when there is none, or none any more. */
export async function readOwnCall(
  world: Pick<CallWorld, 'calls' | 'clock'>,
  client: Pick<Client, 'gatewayId' | 'clientId'>,
  id: string | undefined,
): Promise<{ id: string; call: StoredCall }> {
  const known = check(callId, id, 'id');
  const key = callKeyOf(client.gatewayId, client.clientId, known);
  const call = await world.calls.read(key, world.clock.now());
  if (!call)
    throw new ApiError('not_found', 'There is no call with this id, or its answer is no longer kept.');
  return { id: known, call };
}

/** How a call stands now. One that is past its deadline is ended here, should nobody else have lived to do so. */
export async function endSoFar(
  world: Pick<CallWorld, 'calls' | 'clock'>,
  call: StoredCall,
): Promise<CallEnd | 'pending'> {
  const end = endAsOf(call, world.clock.now());
  if (!end) return 'pending';
  return call.end ?? (await endCall(world, call, end.outcome, 'its deadline'));
}

/** Follows a call to its end from the progress after `afterSeq`. */
export function resumeCall(
  world: CallWorld,
  call: StoredCall,
  afterSeq: number,
  places: Places,
): AsyncGenerator<Progress[], CallEnd | 'pending'> {
  return watchCall(world, call, { ifGone: 'disconnected', progressAfter: afterSeq, places });
}

/** The `seq` after which a stream goes on: `Last-Event-ID`, or the beginning. */
export function readLastEventId(header: string | undefined): number {
  return header !== undefined && /^\d{1,10}$/.test(header) ? Number(header) : -1;
}
