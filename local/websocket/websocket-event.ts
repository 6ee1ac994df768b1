import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { headerPairs, requestTime } from '../http/gateway-request';
import { allValues, byName } from '../http/name-values';
import type { ConnectionIdentity } from './connections';

/** The events of a WebSocket API's three kinds of route. `requestId` also names an error frame. */
export interface WebSocketEvent {
  requestContext: Record<string, unknown> & { requestId: string };
  [member: string]: unknown;
}

/** The event of `$connect`: the handshake's headers and query string are in no later event. */
export function connectEvent(connection: ConnectionIdentity, request: IncomingMessage): WebSocketEvent {
  const query = new URLSearchParams(/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '');
  const headers: Array<[string, string]> = [
    ...headerPairs(request).filter(
      ([name]) => !/^(connection|upgrade|x-forwarded-(for|port|proto))$/i.test(name),
    ),
    ['X-Forwarded-For', connection.sourceIp],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
  return {
    headers: byName(headers),
    multiValueHeaders: allValues(headers),
    // Absent, not null, where there is no query string.
    ...(query.size > 0 && {
      queryStringParameters: byName(query),
      multiValueQueryStringParameters: allValues(query),
    }),
    requestContext: context(connection, '$connect', 'CONNECT', {}),
    isBase64Encoded: false,
  };
}

/** The event of a message. API Gateway refuses binary frames, so the body is always text. */
export function messageEvent(connection: ConnectionIdentity, routeKey: string, body: string): WebSocketEvent {
  const messageId = extendedId();
  return {
    requestContext: context(connection, routeKey, 'MESSAGE', { messageId }),
    body,
    isBase64Encoded: false,
  };
}

/** The event of `$disconnect`. 1005 stands for a closing frame without a code, 1006 for none at all. */
export function disconnectEvent(
  connection: ConnectionIdentity,
  code: number,
  reason: string,
): WebSocketEvent {
  const headers: Array<[string, string]> = [
    ['Host', connection.host],
    ['x-api-key', ''],
    ['X-Forwarded-For', ''],
    ['x-restapi', ''],
  ];
  return {
    headers: byName(headers),
    multiValueHeaders: allValues(headers),
    requestContext: context(connection, '$disconnect', 'DISCONNECT', {
      disconnectStatusCode: code,
      disconnectReason: reason || (code === 1005 ? 'Client-side close frame status not set' : ''),
    }),
    isBase64Encoded: false,
  };
}

function context(
  connection: ConnectionIdentity,
  routeKey: string,
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
  own: Record<string, unknown>,
): WebSocketEvent['requestContext'] {
  const now = new Date();
  const requestId = extendedId();
  return {
    routeKey,
    ...own,
    eventType,
    extendedRequestId: requestId,
    requestTime: requestTime(now),
    messageDirection: 'IN',
    stage: connection.stage,
    connectedAt: connection.connectedAt.getTime(),
    requestTimeEpoch: now.getTime(),
    identity: { userAgent: connection.userAgent, sourceIp: connection.sourceIp },
    requestId,
    domainName: connection.host,
    connectionId: connection.connectionId,
    apiId: connection.apiId,
  };
}

/** Ids like `JKJaXmPLvHcESHA=`. */
function extendedId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}
