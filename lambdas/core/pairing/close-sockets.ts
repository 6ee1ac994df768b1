/**
 * Closing sockets for a reason that their peers are told. API Gateway closes with no code of ours, so an event with the
 * code comes first. A socket that is to close counts for nothing already: its credential's row does not name it any more.
 */

import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import type { Clock } from '../wire/ports';
import type { OpenSocket, SocketCloser } from './ports';

/** Why the server closes a socket: `code` as RFC 6455 has it, 4000 and above are the protocol's own. */
export const closings = {
  removed: { code: 1000, reason: 'The identity or the client was removed.' },
  revoked: { code: 4001, reason: 'The credential is no longer valid: do not reconnect with it.' },
  replaced: { code: 4008, reason: 'A newer socket took the place of this one.' },
} as const;

/** The name of a reason. */
export type Closing = keyof typeof closings;

/** How many sockets are closed at the same time. */
const closedAtOnce = 10;

/** When a close that failed is tried again, in milliseconds after the one before: 10 s in all. */
const retryAfterMs = [250, 500, 1_000, 2_000, 3_000, 3_000];

/** What closing needs. */
export interface ClosingWorld {
  sockets: SocketCloser;
  clock: Clock;
}

/** Tells sockets why, and closes them. Gives those that may still be open. */
export async function closeSockets(
  { sockets, clock }: ClosingWorld,
  open: OpenSocket[],
  closing: Closing,
): Promise<OpenSocket[]> {
  const frame = eventFrame('relay.closing', closings[closing]);
  const left: OpenSocket[] = [];
  for (let at = 0; at < open.length; at += closedAtOnce) {
    await Promise.all(
      open.slice(at, at + closedAtOnce).map(async (socket) => {
        await sockets.post(socket.connectionId, frame);
        const state = await sockets.close(socket.connectionId);
        if (mayBeOpen(socket, state, clock.now())) left.push(socket);
      }),
    );
  }
  return left;
}

/**
 * Goes on closing what may still be open, for some ten seconds; `meanwhile` is done each time that one may be. For after the
 * answer: nobody waits for it.
 */
export async function keepClosing(
  { sockets, clock }: ClosingWorld,
  left: OpenSocket[],
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> {
  let open = left;
  for (const pauseMs of retryAfterMs) {
    if (open.length === 0) return;
    await clock.sleep(pauseMs);
    const [states] = await Promise.all([
      Promise.all(open.map(({ connectionId }) => sockets.close(connectionId))),
      meanwhile(),
    ]);
    open = open.filter((socket, n) => mayBeOpen(socket, states[n]!, clock.now()));
  }
}

/** A socket whose handshake is not over cannot be closed yet. */
function mayBeOpen(socket: OpenSocket, state: 'closed' | 'gone' | 'unclear', nowMs: number): boolean {
  if (state === 'gone') return nowMs - socket.connectedAtMs < limits.socketSettlingMs;
  return state === 'unclear';
}
