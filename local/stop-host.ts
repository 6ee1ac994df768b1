import type { FrontServer } from './front-server';
import type { Functions } from './functions/functions';
import type { AwsSide } from './types';
import type { Connections } from './websocket/connections';
import type { WebSocketApi } from './websocket/websocket-api';

/** How long `stop` waits for closing handshakes, then for the `$disconnect`s that follow them. */
const CLOSE_GRACE_MS = 1_000;
const DISCONNECT_GRACE_MS = 1_500;

/** What a host ends. */
export interface Running {
  server: FrontServer;
  connections: Connections;
  webSockets: WebSocketApi[];
  functions: Functions;
  aws: AwsSide;
  mute: () => void;
}

/**
 * Ends a host: requests under way get `graceMs` for their answers, and keep until then the sockets that the answers come by;
 * then sockets are closed with 1001, which tells their clients to connect anew.
 */
export async function stopHost(parts: Running, graceMs: number): Promise<void> {
  const { server, connections, webSockets, functions, aws } = parts;
  server.close();
  if (graceMs > 0) await server.answered(graceMs);
  await connections.closeAll(CLOSE_GRACE_MS);
  // With a database on disk the rows of these connections outlive this process unless `$disconnect` removes them.
  await within(DISCONNECT_GRACE_MS, Promise.all(webSockets.map((api) => api.settled())));
  parts.mute();
  await functions.stop();
  server.breakAll();
  await aws.stop();
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
