/**
 * What ends a waiting beside the call's own end: its runtime stays away, or its client is revoked. Looked at now and then,
 * at their rows, and less often at the socket itself.
 */

import type { Gateway } from '../pairing/ports';
import { probeSocket } from '../presence/presence';
import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import type { Outcome } from '../wire/outcomes';
import type { CallWorld } from './deliver-call';
import { frameIdOf, type StoredCall } from './states';
import { checkClientEveryMs, probeEveryMs, watchEveryMs } from './waiting';

/** What to look out for. */
export interface EndsWatchOptions {
  /** The call's outcome when the runtime stays away for the grace. */
  ifGone: Extract<Outcome, 'offline' | 'disconnected'>;
  /** The command may not have arrived: a runtime that can ask for it is told so when it comes back. */
  unsure?: boolean;
}

/** Looks for one waiter of one call. */
export class EndsWatch {
  private dueMs: number;
  private probeDueMs: number;
  private clientDueMs: number;
  private told = false;

  constructor(
    private readonly world: CallWorld,
    private readonly call: StoredCall,
    private readonly options: EndsWatchOptions,
  ) {
    const now = world.clock.now();
    this.dueMs = now + watchEveryMs;
    this.probeDueMs = now + probeEveryMs;
    this.clientDueMs = now + checkClientEveryMs;
  }

  /**
   * `away`: the runtime has been for the whole grace. `revoked`: the client is none any more. `sentTo`: where the command
   * went, by the call's row.
   */
  async look(sentTo: string | undefined): Promise<'away' | 'revoked' | undefined> {
    const { clock } = this.world;
    if (clock.now() < this.dueMs) return undefined;
    this.dueMs = clock.now() + watchEveryMs;
    const gateway = clock.now() < this.clientDueMs ? await this.gateway() : await this.gatewayOfClient();
    if (gateway === 'unread') return undefined;
    if (gateway === 'revoked') return 'revoked';
    if (!gateway) return 'away';
    if (gateway.sockets.length > 0) {
      await this.lookAtSocket(gateway, sentTo);
      return undefined;
    }
    const leftAtMs = Math.max(gateway.leftAtMs ?? 0, this.call.openedAtMs);
    const graceEndsMs = leftAtMs + limits.graceMs;
    this.dueMs = Math.min(this.dueMs, Math.max(graceEndsMs, clock.now() + 1));
    return clock.now() >= graceEndsMs ? 'away' : undefined;
  }

  /** Whether the runtime is away now. */
  async isRuntimeAway(): Promise<boolean> {
    const gateway = await this.gateway();
    return gateway !== 'unread' && !gateway?.sockets.length;
  }

  /** Whether the client is surely none any more. */
  async isRevoked(): Promise<boolean> {
    return (await this.gatewayOfClient()) === 'revoked';
  }

  private gateway(): Promise<Gateway | undefined | 'unread'> {
    return this.world.gateways.read(this.call.gatewayId).catch(() => 'unread' as const);
  }

  /** The same in one read with the client, which must still be there. */
  private async gatewayOfClient(): Promise<Gateway | undefined | 'unread' | 'revoked'> {
    const now = this.world.clock.now();
    const found = await gatewayOfClient(this.world, this.call).catch(() => 'unread' as const);
    if (found !== 'unread') this.clientDueMs = now + checkClientEveryMs;
    return found;
  }

  private async lookAtSocket(
    { gatewayId, sockets, features }: Gateway,
    sentTo: string | undefined,
  ): Promise<void> {
    const now = this.world.clock.now();
    const [socket] = sockets;
    if (!socket) return;
    // What went to a socket that is not the newest any more may have died with it.
    const unsure = this.options.unsure || (sentTo !== undefined && sentTo !== socket.connectionId);
    if (unsure && !this.told && features?.includes('pending')) {
      this.told = true;
      await this.world.sockets.post(
        socket.connectionId,
        eventFrame('relay.pending', { id: frameIdOf(this.call) }),
        this.call.deadlineMs - now,
      );
    } else if (now >= this.probeDueMs) {
      this.probeDueMs = now + probeEveryMs;
      await probeSocket(this.world, gatewayId, socket, now).catch(() => 'unclear');
    }
  }
}

/** The gateway of a call, in one read with its client; `revoked` where that is none any more. */
export async function gatewayOfClient(
  { clients, clock }: Pick<CallWorld, 'clients' | 'clock'>,
  { gatewayId, clientId }: Pick<StoredCall, 'gatewayId' | 'clientId'>,
): Promise<Gateway | undefined | 'revoked'> {
  const { client, gateway } = await clients.readWithGateway(gatewayId, clientId, clock.now());
  return client || !gateway ? gateway : 'revoked';
}
