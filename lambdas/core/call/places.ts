/**
 * The places that a waiting takes: a client has only so many calls under way, and so many streams among them. A short call
 * takes none: only what is waited for longer than `shortMs`, or is followed, writes itself into its client's row. There
 * whoever looks for the calls of a gateway finds it, and there it is free by itself when its deadline is over.
 */

import { unauthorized } from '../pairing/gateways';
import type { Client, ClientRef, Leases } from '../pairing/ports';
import { ApiError } from '../wire/errors';
import { limits } from '../wire/limits';
import { holdLeases, type LeaseWorld, liveIn, lookForEnded } from './hold-lease';
import { callKeysOfLeases, ownKeyOf, type StoredCall } from './states';
import { shortMs } from './waiting';

/** A place outlives the deadline by this, in milliseconds: its holder gives it back a moment after. */
export const placeMarginMs = 5_000;
/** So soon a place may be free again. */
const tryAgainMs = 2_000;
/** With this many or fewer in each of its 32 clients a gateway is not over its own quota: no need to look. */
const harmlessPerClient = limits.maxCallsPerGateway / limits.maxClientsPerGateway;
/** How long to leave a table alone that could not be written. */
const pauseMs = 1_000;

/** The places of one waiter of one call. */
export class Places {
  private readonly leases: Leases;
  private readonly startedAtMs: number;
  private state: 'none' | 'taken' | 'given-back' = 'none';
  private notBeforeMs = 0;
  private readonly id: string;

  /** `mark` tells this waiter from others of the same call. */
  constructor(
    private readonly world: LeaseWorld,
    private readonly client: ClientRef & Pick<Client, 'calls'>,
    call: Pick<StoredCall, 'callKey' | 'deadlineMs'>,
    { mark, streams, id }: { mark: string; streams: boolean; id: string },
  ) {
    this.id = id;
    this.startedAtMs = world.clock.now();
    const lease = { id: `${ownKeyOf(call)}${mark}`, untilMs: call.deadlineMs + placeMarginMs };
    this.leases = { calls: lease, ...(streams ? { streams: lease } : {}) };
  }

  /** Throws `rate_limited` for a client that has no place left. Nothing is written, and read only where it seems so. */
  async requireRoom(): Promise<void> {
    const isFull = () => liveIn(this.world, this.client.calls).length >= limits.maxCallsPerClient;
    if (!isFull()) return;
    await lookForEnded(this.world, this.client);
    if (isFull()) throw this.refusal('calls');
  }

  /** Takes the places now. Throws `rate_limited` while all are taken, `unauthorized` without the client. */
  async take(): Promise<void> {
    if (this.state !== 'none') return;
    const held = await holdLeases(this.world, this.client, this.leases);
    if (held === 'gone') throw unauthorized();
    if (held === 'full') throw this.refusal(this.leases.streams ? 'streams' : 'calls');
    this.state = 'taken';
    if (!(await isGatewayFull(this.world, held))) return;
    await this.giveBack();
    throw this.refusal('gateway');
  }

  /** Takes them once the call is no short one any more. A table that cannot be written delays nobody. */
  async takeWhenLong(): Promise<void> {
    const now = this.world.clock.now();
    if (this.state !== 'none' || now - this.startedAtMs < shortMs || now < this.notBeforeMs) return;
    await this.takeIfPossible();
  }

  /** Takes them, and lets a fault of the table pass. */
  async takeIfPossible(): Promise<void> {
    try {
      await this.take();
    } catch (error) {
      if (error instanceof ApiError) throw error;
      this.notBeforeMs = this.world.clock.now() + pauseMs;
    }
  }

  /** Gives them back. For after the answer: nobody waits for it. */
  async giveBack(): Promise<void> {
    const wasTaken = this.state === 'taken';
    this.state = 'given-back';
    if (wasTaken) await this.world.clients.giveBack(this.client, this.leases);
  }

  /** The call that was refused goes on: the same id finds it later. */
  private refusal(whose: keyof typeof refusals): ApiError {
    return refusedPlace(whose, this.id);
  }
}

/** Whether more calls of all its clients run than a gateway may have. Only a client with more than its share has to look. */
export async function isGatewayFull(world: LeaseWorld, { gatewayId, calls }: Client): Promise<boolean> {
  if (liveIn(world, calls).length <= harmlessPerClient) return false;
  const clients = await world.clients.list(gatewayId, world.clock.now());
  const all = liveIn(
    world,
    clients.flatMap((client) => client.calls),
  );
  if (all.length <= limits.maxCallsPerGateway) return false;
  // Places whose calls have ended are dropped by and by: what counts is what runs.
  const keys = callKeysOfLeases(
    gatewayId,
    all.map(({ id }) => id),
  );
  const states = await world.calls.states(keys, world.clock.now());
  return states.filter(({ end }) => !end).length > limits.maxCallsPerGateway;
}

/** What a client is told that finds no place for the call `id`. */
export function refusedPlace(whose: keyof typeof refusals, id: string): ApiError {
  return new ApiError('rate_limited', refusals[whose], { id, retryAfterMs: tryAgainMs });
}

const refusals = {
  calls: `A client has ${limits.maxCallsPerClient} calls under way at most.`,
  streams: `A client has ${limits.maxStreamsPerClient} streams open, and ${limits.maxCallsPerClient} calls under way, at most.`,
  gateway: `A gateway has ${limits.maxCallsPerGateway} calls under way at most.`,
};
