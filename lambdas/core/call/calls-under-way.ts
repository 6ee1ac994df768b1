/** The calls of a gateway that somebody waits for longer than a moment, as the rows of its clients name them. */

import type { CallSweep, Client, ClientStore } from '../pairing/ports';
import type { CallStore } from './ports';
import { callKeysOfLeases, type StoredCall } from './states';

/** Where to look. */
export interface UnderWayWorld {
  clients: Pick<ClientStore, 'list'>;
  calls: Pick<CallStore, 'states' | 'withdraw' | 'remove'>;
}

/** The calls, newest first; among them such as have ended a moment ago. */
export async function callsUnderWay(
  { clients, calls }: UnderWayWorld,
  gatewayId: string,
  nowMs: number,
): Promise<StoredCall[]> {
  const found = await calls.states(keysOf(gatewayId, await clients.list(gatewayId, nowMs)), nowMs);
  return found
    .filter((call) => call.gatewayId === gatewayId)
    .sort((a, b) => b.openedAtMs - a.openedAtMs || (a.callKey < b.callKey ? 1 : -1));
}

function keysOf(gatewayId: string, clients: Client[]): string[] {
  const leaseIds = clients.flatMap(({ calls }) => calls.map(({ id }) => id));
  return callKeysOfLeases(gatewayId, leaseIds);
}

/** What an owner's decisions do to the calls under way. Rows of calls that have ended die by themselves within ten minutes. */
export function callSweep(world: UnderWayWorld): CallSweep {
  return {
    async removeAll(gatewayId, clients) {
      await world.calls.remove(keysOf(gatewayId, clients));
    },
    async withdrawAll(gatewayId, from, nowMs) {
      const sockets = from.map(({ connectionId }) => connectionId);
      const theirs = (await callsUnderWay(world, gatewayId, nowMs)).filter(
        ({ end, sentTo }) => !end && sockets.includes(sentTo ?? ''),
      );
      await Promise.all(theirs.map((call) => world.calls.withdraw(call, sockets)));
    },
  };
}
