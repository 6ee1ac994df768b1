/**
 * Watches everything that a local host says to its callers, and judges it by the documents: whatever a test is about, an answer
 * or a frame that they do not describe fails it.
 */
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { faultsOfAnswer } from './answers';
import { faultsOfFrame, roleOf } from './frames';

/** A watch over one port. */
export interface ProtocolWatch {
  /** Ends the watch; throws with all that was wrong. */
  end(): void;
}

const byPort = new Map<number, Set<string>>();

/** Begins to watch the host at a URL. */
export function watchProtocol(url: string): ProtocolWatch {
  const port = Number(new URL(url).port);
  const faults = new Set<string>();
  byPort.set(port, faults);
  return {
    end() {
      byPort.delete(port);
      if (faults.size > 0) throw new Error(`Not as docs/ describes it:\n${[...faults].join('\n')}`);
    },
  };
}

diagnostics.subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const faults = byPort.get(request.socket.localPort ?? 0);
  if (faults) judgeAnswer(request, response, faults);
});

function judgeAnswer(request: IncomingMessage, response: ServerResponse, faults: Set<string>): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const { write, end } = response;
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    keep(chunk);
    return (write as (...all: unknown[]) => boolean).call(response, chunk, ...rest);
  }) as typeof write;
  response.end = ((chunk: unknown, ...rest: unknown[]) => {
    keep(chunk);
    return (end as (...all: unknown[]) => ServerResponse).call(response, chunk, ...rest);
  }) as typeof end;
  response.on('close', () => {
    // Nobody was answered.
    if (!response.headersSent) return;
    // The host's own answers about payloads, under /local/: no route of the protocol.
    if (response.hasHeader('x-agenttown-local')) return;
    const told = faultsOfAnswer({
      method: request.method ?? '',
      url: request.url ?? '',
      status: response.statusCode,
      header: (name) => response.getHeader(name)?.toString(),
      body: Buffer.concat(chunks).toString(),
      finished: response.writableFinished,
    });
    for (const fault of told) faults.add(fault);
  });
}

const { handleUpgrade } = WebSocketServer.prototype;
WebSocketServer.prototype.handleUpgrade = function (request, socket, head, done) {
  handleUpgrade.call(this, request, socket, head, (peer, from) => {
    const faults = byPort.get(request.socket.localPort ?? 0);
    const role = roleOf(request.url ?? '', request.headers.authorization);
    if (faults && role) judgeFrames(peer, (text) => faultsOfFrame(role, text), faults);
    done(peer, from);
  });
};

function judgeFrames(peer: WebSocket, judge: (text: string) => string[], faults: Set<string>): void {
  const { send } = peer;
  peer.send = ((data: unknown, ...rest: unknown[]) => {
    for (const fault of judge(String(data))) faults.add(fault);
    return (send as (...all: unknown[]) => void).call(peer, data, ...rest);
  }) as typeof send;
}
