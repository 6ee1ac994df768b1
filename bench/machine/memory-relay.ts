/**
 * The least that a relay can be: one process, calls in a Map, nothing stored, nobody asked who they are. It is the
 * measure for throughput, not a product: whatever the real relay does beyond it, it does for a reason.
 */
import { createServer, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerParent } from './child-process';

const runtimes = new Map<string, WebSocket>();
const waiting = new Map<string, { response: ServerResponse; startedAt: number }>();
let calls = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { gatewayId, method, params } = JSON.parse(Buffer.concat(chunks).toString());
    const runtime = runtimes.get(gatewayId);
    if (!runtime) return void response.writeHead(503).end();
    calls += 1;
    const id = `rpc_${calls}`;
    waiting.set(id, { response, startedAt: Date.now() });
    runtime.send(JSON.stringify({ jsonrpc: '2.0', type: 'req', id, method, params }));
  });
});

new WebSocketServer({ server }).on('connection', (socket, request) => {
  const gatewayId = new URL(request.url ?? '/', 'http://relay').searchParams.get('gatewayId') ?? '';
  runtimes.set(gatewayId, socket);
  socket.on('close', () => runtimes.delete(gatewayId));
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data));
    const call = waiting.get(id);
    if (!call) return;
    waiting.delete(id);
    const body = JSON.stringify({ ok: true, id, result, durationMs: Date.now() - call.startedAt });
    call.response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  answerParent(`http://127.0.0.1:${port}`);
});
