/** The relay socket: `$connect` decides who comes in, `$default` takes frames, `$disconnect` forgets. */
import { calls, gateways, presenceWorld, sockets } from './aws/composition';
import { type SocketEvent, socketAnswer, socketCredential } from './aws/socket-event';
import { claimOf } from './core/credentials';
import { ApiError } from './core/errors';
import { authenticateRuntime } from './core/gateways';
import { closeSocket, handleRuntimeFrame, openRuntimeSocket } from './core/runtime-socket';

const world = () => ({ ...presenceWorld(), calls: calls() });

export const handler = async (event: SocketEvent) => {
  const { eventType, connectionId, connectedAt } = event.requestContext;
  const nowMs = Date.now();
  if (eventType === 'CONNECT')
    return socketAnswer(event, () => connect(event, { connectionId, connectedAtMs: connectedAt }));
  if (eventType === 'DISCONNECT') await closeSocket(world(), connectionId, nowMs);
  else {
    const { answer } = await handleRuntimeFrame(world(), connectionId, event.body ?? '', nowMs);
    if (answer) await sockets().post(connectionId, answer);
  }
  return { statusCode: 200 };
};

async function connect(event: SocketEvent, socket: { connectionId: string; connectedAtMs: number }) {
  const credential = socketCredential(event);
  const gateway = await authenticateRuntime(gateways(), credential);
  const named = event.queryStringParameters?.gatewayId;
  if (named !== undefined && named !== gateway.gatewayId) {
    throw new ApiError('forbidden', 'The relay secret belongs to another gateway.');
  }
  if (claimOf(credential)?.role === 'runtime') await openRuntimeSocket(world(), gateway, socket);
}
