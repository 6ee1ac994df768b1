/** Looking into the history, and watching. */
import type { ServerWorld } from '../world';

/** One event. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into it
export type Event = any;

/** A page of the history. */
export const page = async (w: ServerWorld, query: string) =>
  (await w.ask(`GET /api/monitor/events?${query}`, { credential: w.server.token })).body;
/** The history of a gateway once it holds what is waited for: an event is written a moment after what it tells. */
export async function told(w: ServerWorld, gatewayId: string, type: string, count = 1): Promise<Event[]> {
  for (;;) {
    const { events } = await page(w, `gatewayId=${gatewayId}&limit=500`);
    if (events.filter((event: Event) => event.type === type).length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
/** A viewer's socket. */
export async function viewer(w: ServerWorld) {
  const { body } = await w.ask('POST /api/monitor/tickets', { credential: w.server.token, body: {} });
  return w.peer(body.url);
}
