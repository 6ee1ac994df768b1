/** The relay socket: `$connect` decides who comes in, `$default` takes frames, `$disconnect` forgets. */
import { callWorld, clients, gateways, sockets, tickets, watchers } from './aws/composition';
import { logFailure } from './aws/http/answer';
import { recorderOf } from './aws/monitor/recorder';
import { countDisconnect, type SocketEvent, socketAnswer, socketCredential } from './aws/socket/socket-event';
import type { Recorder } from './core/monitor/ports';
import { admitViewer } from './core/monitor/tickets';
import { authenticateClient, noteUse } from './core/pairing/clients';
import { claimOf } from './core/pairing/credentials';
import { authenticateRuntime } from './core/pairing/gateways';
import { clientOfTicket } from './core/socket/app-tickets';
import { handleFrame } from './core/socket/handle-frame';
import { closeSocket, openAppSocket, openRuntimeSocket } from './core/socket/open-socket';
import { ApiError } from './core/wire/errors';

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
    await closeSocket({ ...callWorld({ recorder, requestId }), watchers: watchers() }, connectionId, nowMs);
  } else {
    const world = callWorld({ recorder, requestId });
    const handled = await handleFrame(world, connectionId, event.body ?? '', nowMs);
    if (handled.fault !== undefined) logFailure(requestId, handled.fault);
    if (handled.answer) await sockets().post(connectionId, handled.answer);
  }
  await recorder.flush();
  return { statusCode: 200 };
};

async function connect(
  event: SocketEvent,
  recorder: Recorder,
  socket: { connectionId: string; connectedAtMs: number },
) {
  const run = { recorder, requestId: event.requestContext.requestId };
  const credential = socketCredential(event);
  const claim = claimOf(credential);
  if (claim?.role === 'viewer') {
    const world = { ...callWorld(run), tickets: tickets(), watchers: watchers() };
    return admitViewer(world, credential, socket, Date.now());
  }
  const named = event.queryStringParameters?.gatewayId;
  if (claim?.role === 'client' || claim?.role === 'client-ticket') {
    const client =
      claim.role === 'client'
        ? (await authenticateClient(clients(), credential, Date.now())).client
        : await clientOfTicket({ tickets: tickets(), clients: clients() }, credential, Date.now());
    forThisGateway(named, client.gatewayId);
    await openAppSocket(callWorld(run), client, socket);
    return await noteUse(clients(), client, Date.now());
  }
  const gateway = await authenticateRuntime(gateways(), credential);
  forThisGateway(named, gateway.gatewayId);
  await openRuntimeSocket(callWorld(run), gateway, socket);
}

/** The URL may name the gateway; then it must be the credential's own. */
function forThisGateway(named: string | undefined, gatewayId: string): void {
  if (named === undefined || named === gatewayId) return;
  throw new ApiError('forbidden', 'The credential belongs to another gateway.');
}
