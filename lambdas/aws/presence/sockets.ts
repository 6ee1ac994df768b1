/** Sockets through the management API. One attempt a post, unless it met a dead connection: a retried command could arrive twice. */
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Sockets } from '../../core/presence/ports';
import { log } from '../observe/log';
import { againstDeadConnections, connections, defaultPatience } from '../sdk/connections';
import { inTime } from '../sdk/in-time';
import { lean } from '../sdk/lean';

/** Nothing is lost with a probe that is given up. */
const probeMs = 2_000;

/** Sockets of the WebSocket stage at `endpoint` (`https://…/relay`). */
export function managedSockets(endpoint: string, patience = defaultPatience): Sockets {
  const client = lean(
    againstDeadConnections(
      new ApiGatewayManagementApiClient({
        endpoint,
        maxAttempts: 1,
        requestHandler: connections(patience),
        cacheMiddleware: true,
      }),
    ),
  );
  // An option of the command would have its way through the SDK made anew.
  const within = <T>(sent: Promise<T>, ms: number) =>
    ms < patience.answerMs ? inTime(sent, Math.max(1, ms)) : sent;
  return {
    async post(ConnectionId, frame, withinMs = patience.answerMs) {
      const post = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(frame) });
      return outcomeOf(within(client.send(post), withinMs), 'sent', 'PostToConnection');
    },
    async probe(ConnectionId) {
      const probe = new GetConnectionCommand({ ConnectionId });
      return outcomeOf(within(client.send(probe), probeMs), 'open', 'GetConnection');
    },
    async close(ConnectionId) {
      const closing = client.send(new DeleteConnectionCommand({ ConnectionId }));
      return outcomeOf(closing, 'closed', 'DeleteConnection');
    },
  };
}

async function outcomeOf<Done extends string>(sent: Promise<unknown>, done: Done, operation: string) {
  try {
    await sent;
    return done;
  } catch (error) {
    if (error instanceof GoneException) return 'gone' as const;
    log.warn('The management API did not answer as it should', { operation, reason: (error as Error).name });
    return 'unclear' as const;
  }
}
