/** The local AWS endpoint as a port of the loopback address: what an SDK calls that comes by network. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AwsRequest } from '../types';
import { type AwsCalls, answerAwsCall } from './aws-call';

/** A listening endpoint. */
export interface AwsEndpoint {
  url: string;
  stop(): Promise<void>;
}

/** Sockets of idle functions stay open this long. */
const KEEP_ALIVE_MS = 120_000;

/** Listens on a free port of the loopback address. */
export async function startAwsEndpoint(calls: AwsCalls): Promise<AwsEndpoint> {
  const usedBefore = new WeakSet<Socket>();
  const server = createServer({ keepAlive: true, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { socket } = request;
    const connection = usedBefore.has(socket) ? 'used' : 'new';
    usedBefore.add(socket);
    readRequest(request, connection)
      .then((read) => answerAwsCall(calls, read))
      .then((answer) => {
        if (answer === 'reset') socket.resetAndDestroy();
        else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body);
      })
      .catch((error) => {
        calls.log(`The local AWS endpoint failed: ${error.stack ?? error}`);
        response.destroy();
      });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(
  request: IncomingMessage,
  connection: AwsRequest['connection'],
): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    connection,
    method: request.method ?? 'POST',
    path: (request.url ?? '/').split('?')[0]!,
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
}
