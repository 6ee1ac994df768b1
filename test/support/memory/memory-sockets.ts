/** The sockets of one credential in memory. */
import type { Entered, OpenSocket } from '../../../lambdas/core/pairing/ports';
import { limits } from '../../../lambdas/core/wire/limits';

/** Enters a socket among others: what was there, what had to make room, and what is there now. */
export function enterAmong(sockets: OpenSocket[], { connectionId, connectedAtMs }: OpenSocket) {
  const before = sockets.filter((socket) => socket.connectionId !== connectionId);
  const kept = before.slice(0, limits.maxSocketsPerCredential - 1);
  const now = [...kept, { connectionId, connectedAtMs }].sort((a, b) => b.connectedAtMs - a.connectedAtMs);
  return { now, entered: { before, pushedOut: before.slice(kept.length) } satisfies Entered };
}

/** The others. */
export function without(sockets: OpenSocket[], { connectionId }: OpenSocket): OpenSocket[] {
  return sockets.filter((socket) => socket.connectionId !== connectionId);
}
