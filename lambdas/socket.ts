/** The relay socket: `$connect` decides who comes in, `$default` takes frames, `$disconnect` forgets. */
import { callWorld, gateways, sockets, tickets, viewers } from './aws/composition';
import { recorderOf } from './aws/recorder';
import { countDisconnect, type SocketEvent, socketAnswer, socketCredential } from './aws/socket-event';
import { claimOf } from './core/credentials';
import { ApiError } from './core/errors';
import { authenticateRuntime } from './core/gateways';
import { handleFrame } from './core/handle-frame';
import type { Recorder } from './core/ports';
import { closeSocket, openRuntimeSocket } from './core/runtime-socket';
import { admitViewer } from './core/tickets';

export const handler = async (event: SocketEvent) => {
  const { eventType, connectionId, connectedAt, requestId } = event.requestContext;
  const nowMs = Date.now();
  const recorder = recorderOf(requestId, 0);
  if (eventType === 'CONNECT') {
    return socketAnswer(event, recorder, () =>
      connect(event, recorder, { connectionId, connectedAtMs: connectedAt }),
    );
  }
  if (eventType === 'DISCONNECT') {
    countDisconnect(event);
    await closeSocket(callWorld({ recorder }), connectionId, nowMs);
  } else {
    const handled = await handleFrame(callWorld({ recorder }), connectionId, event.body ?? '', nowMs);
    if (handled.answer) await sockets().post(connectionId, handled.answer);
    if (handled.unknownSocket) await sockets().close(connectionId);
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
  const claim = claimOf(credential);
  if (claim?.role === 'viewer') {
    return admitViewer({ tickets: tickets(), viewers: viewers() }, credential, socket, Date.now());
  }
  const gateway = await authenticateRuntime(gateways(), credential);
  const named = event.queryStringParameters?.gatewayId;
  if (named !== undefined && named !== gateway.gatewayId) {
    throw new ApiError('forbidden', 'The relay secret belongs to another gateway.');
  }
  await openRuntimeSocket(callWorld({ recorder }), gateway, socket);
}
