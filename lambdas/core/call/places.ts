/**
 * The places that a waiting takes: a client has only so many calls under way, and so many streams among them. A short call
 * takes none: only what is waited for longer than `shortMs`, or is followed, writes itself into its client's row. There
 * whoever looks for the calls of a gateway finds it, and there it is free by itself when its deadline is over.
 */

import { unauthorized } from '../pairing/gateways';
import type { Client, ClientRef, ClientStore, Leases } from '../pairing/ports';
import { ApiError } from '../wire/errors';
import { limits } from '../wire/limits';
import type { Clock } from '../wire/ports';
import { ownKeyOf, type StoredCall } from './states';
import { shortMs } from './waiting';

/** A place outlives the deadline by this: its holder gives it back a moment after. */
const marginMs = 5_000;
/** So soon a place may be free again. */
const tryAgainMs = 2_000;
/** With this many or fewer in each of its 32 clients a gateway is not over its own quota: no need to look. */
const harmlessPerClient = limits.maxCallsPerGateway / limits.maxClientsPerGateway;
/** How long to leave a table alone that could not be written. */
const pauseMs = 1_000;

/** What taking places needs. */
export interface PlacesWorld {
  clients: ClientStore;
  clock: Clock;
}

/** The places of one waiter of one call. */
export class Places {
  private readonly leases: Leases;
  private readonly startedAtMs: number;
  private state: 'none' | 'taken' | 'given-back' = 'none';
  private notBeforeMs = 0;
  private readonly id: string;

  /** `mark` tells this waiter from others of the same call. */
  constructor(
    private readonly world: PlacesWorld,
    private readonly client: ClientRef & Pick<Client, 'calls'>,
    call: Pick<StoredCall, 'callKey' | 'deadlineMs'>,
    { mark, streams, id }: { mark: string; streams: boolean; id: string },
  ) {
    this.id = id;
    this.startedAtMs = world.clock.now();
    const lease = { id: `${ownKeyOf(call)}${mark}`, untilMs: call.deadlineMs + marginMs };
    this.leases = { calls: lease, ...(streams ? { streams: lease } : {}) };
  }

  /** Throws `rate_limited` for a client that has no place left, by what is known of it: nothing is read or written. */
  requireRoom(): void {
    const now = this.world.clock.now();
    const live = this.client.calls.filter(({ untilMs }) => untilMs > now);
    if (live.length >= limits.maxCallsPerClient) throw this.refusal('calls');
  }

  /** Takes the places now. Throws `rate_limited` while all are taken, `unauthorized` without the client. */
  async take(): Promise<void> {
    if (this.state !== 'none') return;
    const { clients, clock } = this.world;
    const held = await clients.hold(this.client, this.leases, clock.now());
    if (held === 'gone') throw unauthorized();
    if (held === 'full') throw this.refusal(this.leases.streams ? 'streams' : 'calls');
    this.state = 'taken';
    if (held.calls.length <= harmlessPerClient) return;
    const now = clock.now();
    const all = (await clients.list(this.client.gatewayId, now)).flatMap(({ calls }) => calls);
    if (all.filter(({ untilMs }) => untilMs > now).length <= limits.maxCallsPerGateway) return;
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
  private refusal(whose: 'calls' | 'streams' | 'gateway'): ApiError {
    const details = { id: this.id, retryAfterMs: tryAgainMs };
    return new ApiError('rate_limited', refusals[whose], details);
  }
}

const refusals = {
  calls: `A client has ${limits.maxCallsPerClient} calls under way at most.`,
  streams: `A client has ${limits.maxStreamsPerClient} streams open, and ${limits.maxCallsPerClient} calls under way, at most.`,
  gateway: `A gateway has ${limits.maxCallsPerGateway} calls under way at most.`,
};
