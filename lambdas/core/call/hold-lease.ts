/**
 * Taking a place in a client's row. Who ends a call that nobody waits for gives its place not back, since that would be a write
 * for each: whoever takes the next one drops those that are known to be over, in the same write.
 */
import type { Client, ClientRef, ClientStore, Lease, Leases } from '../pairing/ports';
import type { Clock } from '../wire/ports';
import type { CallStore } from './ports';
import { leaseMarkOf, type SeenCalls } from './seen-calls';
import { callKeyOfOwn, callKeysOfLeases } from './states';

/** From so many places on it is looked up which of their calls have ended, once commands have left. */
const lookFrom = 12;
/** So many that are over are worth a write that only succeeds when nobody else writes. */
const worthDropping = 4;

/** What taking places needs. */
export interface LeaseWorld {
  clients: ClientStore;
  calls: Pick<CallStore, 'states'>;
  clock: Clock;
  seenCalls: SeenCalls;
}

type Holder = ClientRef & Pick<Client, 'calls'>;

/** Takes places, all or none; `full` only when so many calls really run. */
export async function holdLeases(
  world: LeaseWorld,
  holder: Holder,
  leases: Leases,
): Promise<Client | 'full' | 'gone'> {
  const { clients, clock } = world;
  const over = overIn(world, holder.calls);
  const dropping = over.length >= worthDropping ? { over, seen: holder.calls } : undefined;
  const held = await clients.hold(holder, leases, clock.now(), dropping);
  if (held !== 'full' || !leases.calls) return held;
  const { client } = await clients.readWithGateway(holder.gatewayId, holder.clientId, clock.now());
  if (!client) return 'gone';
  await world.seenCalls.lookOnce(client, clock.now(), 'full', () => lookAt(world, client));
  const ended = overIn(world, client.calls);
  if (ended.length === 0) return 'full';
  return await clients.hold(holder, leases, clock.now(), { over: ended, seen: client.calls });
}

/** Looks which calls of a client have ended, where its row gets long, so that the next place that is taken drops them. */
export async function lookForEnded(world: LeaseWorld, client: Holder): Promise<void> {
  if (liveIn(world, client.calls).length < lookFrom) return;
  await world.seenCalls.lookOnce(client, world.clock.now(), 'many', () => lookAt(world, client, 'loosely'));
}

/** The places that are not known to be over. */
export function liveIn(
  { seenCalls, clock }: Pick<LeaseWorld, 'seenCalls' | 'clock'>,
  leases: Lease[],
): Lease[] {
  const nowMs = clock.now();
  return leases.filter((lease) => !seenCalls.isOver(lease, nowMs));
}

function overIn(world: LeaseWorld, leases: Lease[]): Lease[] {
  const live = new Set(liveIn(world, leases));
  return leases.filter((lease) => !live.has(lease));
}

async function lookAt(world: LeaseWorld, { gatewayId, calls }: Holder, how?: 'loosely'): Promise<void> {
  const nowMs = world.clock.now();
  const keys = callKeysOfLeases(
    gatewayId,
    calls.map(({ id }) => id),
  );
  const states = await world.calls.states(keys, nowMs, how);
  const known = new Map(states.map((state) => [state.callKey, state]));
  for (const lease of calls) {
    const state = known.get(callKeyOfOwn(gatewayId, lease.id));
    const mark = leaseMarkOf(lease);
    // A call that is not there may be about to be. Where another has its key, this one ended and made room for it.
    if (state && (state.end || (mark.length === state.nonce.length && mark !== state.nonce)))
      world.seenCalls.noteLease(lease, nowMs);
  }
}
