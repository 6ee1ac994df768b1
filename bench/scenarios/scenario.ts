/** What an act is, and what several of them share. */
import { request } from '../../test/support/api';
import type { MeteredRelay } from '../metering/metered-relay';

/** An act: `prepare` is not metered, the function that it gives is. */
export interface Scenario {
  name: string;
  prepare(relay: MeteredRelay): Promise<() => Promise<unknown>>;
  /** Counts the functions that table streams invoke as well: the act waits for what they do. */
  streamed?: true;
  /** A call that `prepare` began runs on: what its waiting function reads meanwhile is counted too. */
  duringCall?: true;
}

/** A request that must be answered with a 2xx, or with the status named. */
export async function expecting(
  url: string,
  route: string,
  options: Parameters<typeof request>[2] = {},
  status = 0,
): Promise<void> {
  const answer = await request(url, route, options);
  const fits = status === 0 ? answer.status < 300 : answer.status === status;
  if (!fits) throw new Error(`${route} was answered with ${answer.status}`);
}

/** Text that no compression makes much smaller: `bytes` random bytes in base64. */
export function noise(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536)))).toString('base64');
}
