/** The relay socket: `$connect` decides who comes in, `$default` takes frames, `$disconnect` forgets. */
import { calls, gateways, presenceWorld, sockets } from './aws/composition';
import { recorderOf } from './aws/recorder';
import { type SocketEvent, socketAnswer, socketCredential } from './aws/socket-event';
import { claimOf } from './core/credentials';
import { ApiError } from './core/errors';
import { authenticateRuntime } from './core/gateways';
import type { Recorder } from './core/ports';
import { closeSocket, handleRuntimeFrame, openRuntimeSocket } from './core/runtime-socket';

const world = (recorder: Recorder) => ({ ...presenceWorld(), calls: calls(), recorder });

export const handler = async (event: SocketEvent) => {
  const { eventType, connectionId, connectedAt, requestId } = event.requestContext;
  const nowMs = Date.now();
  const recorder = recorderOf(requestId, 0);
  if (eventType === 'CONNECT') {
    return socketAnswer(event, recorder, () =>
      connect(event, recorder, { connectionId, connectedAtMs: connectedAt }),
    );
  }
  if (eventType === 'DISCONNECT') await closeSocket(world(recorder), connectionId, nowMs);
  else {
    const { answer } = await handleRuntimeFrame(world(recorder), connectionId, event.body ?? '', nowMs);
    if (answer) await sockets().post(connectionId, answer);
  }
  await recorder.flush();
  return { statusCode: 200 };
};

async function connect(
  event: SocketEvent,
  recorder: Recorder,
  socket: { connectionId: string; connectedAtMs: number },
) {
  const credential = socketCredential(event);
  const gateway = await authenticateRuntime(gateways(), credential);
  const named = event.queryStringParameters?.gatewayId;
  if (named !== undefined && named !== gateway.gatewayId) {
    throw new ApiError('forbidden', 'The relay secret belongs to another gateway.');
  }
  if (claimOf(credential)?.role === 'runtime') await openRuntimeSocket(world(recorder), gateway, socket);
}
