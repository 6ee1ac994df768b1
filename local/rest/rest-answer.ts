/** How an answer of a REST API is written. */
import type { ServerResponse } from 'node:http';
import type { ProxyResponse } from '../http/proxy-response';
import type { GatewayAnswer } from './gateway-responses';

/** Writes what API Gateway answers by itself. */
export function writeAnswer(response: ServerResponse, answer: GatewayAnswer): void {
  if (answer.status !== 204) response.setHeader('content-length', Buffer.byteLength(answer.body));
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** Writes a function's buffered answer. `takesBytes`: its base64 is decoded. */
export function writeProxyAnswer(response: ServerResponse, answer: ProxyResponse, takesBytes: boolean): void {
  const body = answer.body ?? '';
  const sent = answer.isBase64Encoded && takesBytes ? Buffer.from(body, 'base64') : body;
  if (answer.status !== 204 && answer.status !== 304) {
    response.setHeader('content-length', Buffer.byteLength(sent));
  }
  writeProxyHead(response, answer);
  response.end(sent);
}

/** Writes status and headers of a function's answer. */
export function writeProxyHead(response: ServerResponse, answer: ProxyResponse): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.writeHead(answer.status);
}
