/** A frame of a socket that counts for nothing any more is not served: the socket is told why, and closed. */

import { type Closing, type ClosingWorld, closeSockets } from '../pairing/close-sockets';
import type { OpenSocket } from '../pairing/ports';
import type { Connection } from '../presence/ports';
import { limits } from '../wire/limits';

/** What the row of a socket's credential says now; undefined when it is gone. */
export interface Standing {
  credentialHash: string;
  sockets: OpenSocket[];
}

/** Whether a socket counts: the row of its gateway or its client names it. */
export function isListed(
  { connectionId }: Pick<Connection, 'connectionId'>,
  sockets: OpenSocket[] | undefined,
): boolean {
  return sockets?.some((socket) => socket.connectionId === connectionId) ?? false;
}

/** Tells a socket that is not listed why, and closes it. One that fell out by mistake is just closed: its peer comes back. */
export async function dismissSocket(
  world: ClosingWorld,
  connection: Connection,
  standing: Standing | undefined,
): Promise<void> {
  const closing = closingOf(connection, standing);
  if (closing) await closeSockets(world, [connection], closing);
  else await world.sockets.close(connection.connectionId);
}

function closingOf({ credentialHash }: Connection, standing: Standing | undefined): Closing | undefined {
  if (!standing) return 'revoked';
  // The row of a socket that an earlier version let in does not tell.
  if (credentialHash === undefined) return undefined;
  if (standing.credentialHash !== credentialHash) return 'revoked';
  return standing.sockets.length >= limits.maxSocketsPerCredential ? 'replaced' : undefined;
}
