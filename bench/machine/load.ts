/** Load: runtimes that answer at once, and Apps that call them one call after the other. */
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

/** A runtime and its App, as a relay knows them. */
export interface Target {
  gatewayId: string;
  relayUrl: string;
  relaySecret: string;
  clientToken: string;
}

/** What a load showed. */
export interface LoadResult {
  calls: number;
  callsPerSecond: number;
  /** Milliseconds of each call. */
  times: number[];
}

/** Connects every runtime, a few at a time. Gives a function that disconnects them. */
export async function connectAll(targets: readonly Target[]): Promise<() => void> {
  const sockets: WebSocket[] = [];
  const left = [...targets];
  const connector = async () => {
    for (let target = left.pop(); target; target = left.pop()) sockets.push(await connect(target));
  };
  await Promise.all(Array.from({ length: 8 }, connector));
  return () => {
    for (const socket of sockets) socket.terminate();
  };
}

function connect({ relayUrl, relaySecret }: Target): Promise<WebSocket> {
  const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${relaySecret}` } });
  socket.on('message', (data) => {
    const { type, id, params } = JSON.parse(String(data));
    if (type === 'req') socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: params }));
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Calls one target over its App's socket for `ms`, one call after the other. Gives milliseconds of each call. */
export async function callOnSocket({ relayUrl, clientToken }: Target, ms: number): Promise<number[]> {
  const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${clientToken}` } });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const times: number[] = [];
  const startedAt = performance.now();
  for (let id = 1; performance.now() - startedAt < ms; id++) {
    const calledAt = performance.now();
    const answered = new Promise<void>((resolve, reject) => {
      const listen = (data: unknown) => {
        const frame = JSON.parse(String(data));
        if (frame.id !== String(id)) return;
        socket.off('message', listen);
        if (frame.ok) resolve();
        else reject(new Error(`A call was answered with ${JSON.stringify(frame.error)}.`));
      };
      socket.on('message', listen);
    });
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: String(id), method: 'bench', params: { n: 1 } }));
    await answered;
    times.push(performance.now() - calledAt);
  }
  socket.terminate();
  return times;
}

/** Calls the targets in turns for `ms`, `callers` at a time. Throws on any answer but 200. */
export async function callAll(
  url: string,
  targets: readonly Target[],
  { ms, callers }: { ms: number; callers: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const times: number[] = [];
  const startedAt = performance.now();
  let turn = 0;
  const caller = async () => {
    while (performance.now() - startedAt < ms) {
      const target = targets[turn % targets.length]!;
      turn += 1;
      const calledAt = performance.now();
      await callOnce(url, target, agent);
      times.push(performance.now() - calledAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, caller));
  } finally {
    agent.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { calls: times.length, callsPerSecond: times.length / seconds, times };
}

function callOnce(url: string, { gatewayId, clientToken }: Target, agent: Agent): Promise<void> {
  const body = JSON.stringify({ gatewayId, method: 'bench', params: { n: 1 } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${clientToken}` };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/relay/rpc`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`A call was answered with ${response.statusCode}.`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
