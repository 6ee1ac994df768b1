/** Guards: looks at something later. */
import { limits } from './limits';

/**
 * A look at something later, since no function waits for it. It may come late, twice or out of order.
 *
 *   call     a call without a waiter: at its deadline, or at the end of its grace where no socket took its command
 *   tell     the answer of a call, whose post went wrong
 *   left     a gateway, when the grace after its last socket is over
 *   revoked  a client that is none any more: its calls, by the leases that it had for them, and its sockets
 *   came     a gateway, whose runtime has just connected: calls may wait for it
 *   close    sockets whose credential is gone, and that could not be closed
 */
export type Guard =
  | { kind: 'call' | 'tell'; callKey: string; nonce: string }
  | { kind: 'left'; gatewayId: string; leftAtMs: number }
  | { kind: 'came'; gatewayId: string }
  | { kind: 'revoked'; gatewayId: string; clientId: string; leases: string[]; sockets: string[] }
  | { kind: 'close'; sockets: string[] };

/** Guards on their way. */
export interface GuardQueue {
  /** Sends a guard that comes in so many milliseconds, at the earliest; 15 minutes at most (SQS). */
  send(guard: Guard, inMs: number): Promise<void>;
}

/** Sends the guard that ends a gateway's calls, should its runtime not be back within the grace. */
export async function guardGrace(
  { guards }: { guards: GuardQueue },
  gatewayId: string,
  leftAtMs: number,
): Promise<void> {
  // Without it they end at their deadlines.
  await guards.send({ kind: 'left', gatewayId, leftAtMs }, limits.graceMs).catch(() => {});
}

/** By then whoever was to close them has given up, in milliseconds. */
const closeAgainMs = 15_000;

/** Sends the guard that closes what is left of sockets that could not be closed, whatever becomes of this function. */
export async function guardCloses(
  { guards }: { guards: GuardQueue },
  left: Array<{ connectionId: string }>,
): Promise<void> {
  const sockets = left.map(({ connectionId }) => connectionId);
  if (sockets.length > 0) await guards.send({ kind: 'close', sockets }, closeAgainMs).catch(() => {});
}

const shapes: Record<Guard['kind'], Record<string, 'string' | 'number' | 'object'>> = {
  call: { callKey: 'string', nonce: 'string' },
  tell: { callKey: 'string', nonce: 'string' },
  left: { gatewayId: 'string', leftAtMs: 'number' },
  came: { gatewayId: 'string' },
  revoked: { gatewayId: 'string', clientId: 'string', leases: 'object', sockets: 'object' },
  close: { sockets: 'object' },
};

/** Reads a message of the queue. Throws on what is no guard: it ends in the dead-letter queue. */
export function readGuard(body: string): Guard {
  const guard = JSON.parse(body) as Guard;
  const shape = Object.hasOwn(shapes, guard?.kind) ? shapes[guard.kind] : undefined;
  const fits =
    shape && Object.entries(shape).every(([name, type]) => typeof guard[name as keyof Guard] === type);
  if (!fits) throw new Error('A message of the guard queue is no guard.');
  return guard;
}
