/** Looks at a client's row whenever a place was asked for: no client holds more than its quota at any moment. */
import type { ClientRef } from '../../../lambdas/core/pairing/ports';
import { limits } from '../../../lambdas/core/wire/limits';
import { epochMs, type World } from '../world/world';
import type { Books } from './books';

/** Clocks of two functions may judge differently by so much what is over. */
const clocksApartMs = 200;

/** Checks one client. */
export async function checkQuotas(
  world: World,
  books: Books,
  { gatewayId, clientId }: ClientRef,
): Promise<void> {
  const nowMs = Math.floor(epochMs + world.timeline.nowMs);
  const { client } = await world.stores.clients.readWithGateway(gatewayId, clientId, nowMs);
  if (!client) return;
  const live = (places: Array<{ untilMs: number }>) =>
    places.filter(({ untilMs }) => untilMs > nowMs + clocksApartMs).length;
  const held = { calls: live(client.calls), streams: live(client.streams) };
  if (held.calls > limits.maxCallsPerClient || held.streams > limits.maxStreamsPerClient)
    books.breach('quotas hold', `${clientId} holds ${held.calls} calls and ${held.streams} streams.`);
}
