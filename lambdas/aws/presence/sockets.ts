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
import { againstDeadSockets, connections, defaultPatience } from '../sdk/connections';

/** Sockets of the WebSocket stage at `endpoint` (`https://…/relay`). */
export function managedSockets(endpoint: string, patience = defaultPatience): Sockets {
  const { answerMs } = patience;
  const client = againstDeadSockets(
    new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 1, requestHandler: connections(patience) }),
  );
  return {
    async post(ConnectionId, frame, withinMs = answerMs) {
      const post = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(frame) });
      // Zero would mean without end.
      const posted = client.send(post, { requestTimeout: Math.max(1, Math.min(withinMs, answerMs)) });
      return outcomeOf(posted, 'sent', 'PostToConnection');
    },
    async probe(ConnectionId) {
      return outcomeOf(client.send(new GetConnectionCommand({ ConnectionId })), 'open', 'GetConnection');
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
