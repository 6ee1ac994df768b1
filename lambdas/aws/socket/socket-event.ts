/** The events of the WebSocket API, and the answer to a handshake. */
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { ApiError, errorKinds } from '../../core/wire/errors';
import { Recurrences } from '../../core/wire/short-memory';
import type { InvocationRecorder } from '../monitor/recorder';
import { log } from '../observe/log';
import { disconnectReason, measure } from '../observe/metrics';

/** What API Gateway sends: only `$connect` has headers and a query. */
export interface SocketEvent extends Omit<APIGatewayProxyWebsocketEventV2, 'queryStringParameters'> {
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  queryStringParameters?: Record<string, string | undefined> | null;
}

/** A denied handshake is shown once in a minute for each source and reason, with its number: anybody may cause one. */
const denials = new Recurrences(60_000, 1_000);

/** The credential of a handshake: the bearer header, else `?secret=` or `?ticket=`. */
export function socketCredential(event: SocketEvent): string | undefined {
  const header = socketHeader(event, 'authorization');
  const query = event.queryStringParameters ?? {};
  return /^Bearer +(\S{1,512}) *$/i.exec(header ?? '')?.[1] ?? query.secret ?? query.ticket;
}

/**
 * Runs `$connect` and tells API Gateway whether the socket may open. Any fault refuses it. What the monitor is told
 * of an accepted socket was written beside the socket's own rows; only a refused one waits for that.
 */
export async function socketAnswer(
  event: SocketEvent,
  recorder: InvocationRecorder,
  connect: () => Promise<void>,
) {
  try {
    await connect();
    await recorder.flush();
    // A browser closes a socket whose offered subprotocol is not echoed.
    const offered = socketHeader(event, 'sec-websocket-protocol')?.split(',')[0]?.trim();
    return { statusCode: 200, ...(offered ? { headers: { 'Sec-WebSocket-Protocol': offered } } : {}) };
  } catch (error) {
    const outcome = error instanceof ApiError ? error.code : 'internal_error';
    const { status } = errorKinds[outcome];
    const { identity } = event.requestContext as { identity?: { sourceIp?: string } };
    const count = denials.count(`${identity?.sourceIp} ${outcome}`, Date.now());
    if (count > 0) {
      recorder.record({ type: 'relay.websocket.denied', status, outcome, ...(count > 1 ? { count } : {}) });
      await recorder.flush();
    }
    if (error instanceof ApiError) return { statusCode: status };
    measure({ name: 'Faults', unit: 'Count', value: 1 });
    log.error('A handshake failed', {
      reason: (error as Error).name,
      requestId: event.requestContext.requestId,
    });
    return { statusCode: status };
  }
}

/** Counts a socket's end by its reason. */
export function countDisconnect(event: SocketEvent): void {
  const { disconnectStatusCode } = event.requestContext as { disconnectStatusCode?: number };
  const by = { Reason: disconnectReason(disconnectStatusCode) };
  measure({ name: 'Disconnects', unit: 'Count', value: 1, by });
}

function socketHeader(event: SocketEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}
