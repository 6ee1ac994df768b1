import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request to upgrade is a WebSocket handshake (RFC 6455, section 4.2.1). */
export function isHandshake(request: IncomingMessage): boolean {
  return (
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    request.headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(request.headers['sec-websocket-key'] ?? '')
  );
}

/** Answers a handshake with a plain HTTP status and ends the connection. */
export function refuseHandshake(socket: Duplex, status: number, requestId?: string): void {
  if (socket.destroyed) return;
  const message = status >= 500 ? 'Internal server error' : (STATUS_CODES[status] ?? 'Error');
  const body = JSON.stringify({ message, requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
