/** `GET /metrics` on a port of its own, which this machine alone reaches. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening port. */
export interface MetricsPort {
  port: number;
  stop(): void;
}

const ADDRESS = '127.0.0.1';

/** Listens. Throws one sentence where the port cannot be had. */
export async function listenForMetrics(port: number, text: () => Promise<string>): Promise<MetricsPort> {
  const server = createServer(async (request, response) => {
    const end = (status: number, body: string) =>
      response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
    const [name] = (request.headers.host ?? '').split(':');
    // A page of a browser on this machine may reach it under a name of its own, and by no other way.
    if (name !== ADDRESS && name !== 'localhost') return end(403, 'Ask by 127.0.0.1.\n');
    if (request.method !== 'GET' || request.url !== '/metrics') return end(404, 'There is GET /metrics.\n');
    return end(200, await text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Error(`Metrics cannot have the port ${port}: ${error.message}`)),
    );
    server.listen(port, ADDRESS, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
