/**
 * Makes a liar of whoever is honest: a proxy that falsifies one thing.
 *
 *     node falsifier.mjs <fault> <url>                    before a server; prints its own address
 *     node falsifier.mjs <fault> - <command …>            between a runtime, which it starts, and the relay of its environment
 */
import { spawn } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

const ofProblem = (change) => ({
  answer: (answer) => (answer.status >= 400 && answer.body ? change(answer) : undefined),
});
const isStep = (frame) => frame.method === 'relay.progress';
const isReply = (frame) => frame.method === undefined && ('result' in frame || 'error' in frame);

/** A fault changes an answer (status, headers, body) or a frame; what a frame's change gives is sent, each of a list. */
const faults = {
  // Of servers.
  'answers without ids': { answer: ({ headers }) => delete headers['x-request-id'] },
  'answers that caches keep': {
    answer: ({ headers }) => Object.assign(headers, { 'cache-control': 'max-age=60' }),
  },
  'health of something else': {
    answer: ({ body }) => body?.service && Object.assign(body, { service: 'other' }),
  },
  'codes in small letters': {
    answer: ({ body }) =>
      body?.accessCode && Object.assign(body, { accessCode: body.accessCode.toLowerCase() }),
  },
  'results that are lost': {
    answer: ({ body }) => body && 'result' in body && Object.assign(body, { result: null }),
  },
  'problems without a retry': ofProblem(({ body }) => delete body.retry),
  'problems without a limit': ofProblem(({ body }) => delete body.limitBytes),
  'problems of another type': ofProblem(({ headers }) =>
    Object.assign(headers, { 'content-type': 'text/plain' }),
  ),
  'refusals that tell tokens apart': ofProblem(({ body }) =>
    Object.assign(body, { detail: `No: ${Math.random()}` }),
  ),
  'closes without a word': { down: (frame) => (frame.event === 'relay.closing' ? [] : [frame]) },
  'hello without limits': {
    down: (frame) => [
      frame.result?.protocol ? { ...frame, result: { ...frame.result, limits: undefined } } : frame,
    ],
  },
  'errors of one kind': {
    down: (frame) => [
      frame.error?.code === -32601 ? { ...frame, error: { ...frame.error, code: -32600 } } : frame,
    ],
  },
  // Of runtimes.
  'replies of another result': {
    up: (frame) => ['result' in frame && isReply(frame) ? { ...frame, result: 'other' } : frame],
  },
  'steps that begin at one': {
    up: (frame) => [
      isStep(frame) ? { ...frame, params: { ...frame.params, seq: frame.params.seq + 1 } } : frame,
    ],
  },
  'steps that come twice': { up: (frame) => (isStep(frame) ? [frame, frame] : [frame]) },
  'errors without a code': { up: (frame) => [frame.error ? { ...frame, error: { message: 'no' } } : frame] },
  'hello that is said twice': {
    up: (frame) => (frame.method === 'relay.hello' ? [frame, { ...frame, id: 'again' }] : [frame]),
  },
  'frames that are binary': { up: (frame) => [frame], isBinary: true },
  'a deaf ear for cancel': { down: (frame) => (frame.event === 'relay.cancel' ? [] : [frame]) },
};

const [name, target, ...command] = process.argv.slice(2);
const fault = faults[name];
if (!fault) throw new Error(`There is no fault ${name}`);
const upstream = target === '-' ? process.env.AGENTTOWN_PAIRING_URL : target;
let own = '';
const here = (text) =>
  text.replaceAll(upstream, own).replaceAll(upstream.replace('http', 'ws'), own.replace('http', 'ws'));

const server = createServer((request, response) => {
  const { method, url, headers, socket } = request;
  const sent = httpRequest(
    upstream + url,
    { method, headers, localAddress: socket.remoteAddress },
    async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const changed = { status: answer.statusCode, headers: { ...answer.headers }, body: parsed(text) };
      fault.answer?.(changed);
      delete changed.headers['content-length'];
      delete changed.headers['transfer-encoding'];
      response.writeHead(changed.status, changed.headers);
      response.end(here(changed.body === undefined ? text : JSON.stringify(changed.body)));
    },
  );
  sent.on('error', () => response.destroy());
  request.pipe(sent);
});

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const { authorization } = request.headers;
  const far = new WebSocket(upstream.replace('http', 'ws') + request.url, {
    headers: authorization ? { authorization } : {},
    localAddress: socket.remoteAddress,
  });
  const early = [];
  far.on('message', (data) => early.push(String(data)));
  far.on('error', () => {});
  far.on('unexpected-response', (_, answer) => {
    socket.end(`HTTP/1.1 ${answer.statusCode} No\r\nconnection: close\r\n\r\n`);
  });
  far.on('open', () =>
    sockets.handleUpgrade(request, socket, head, (near) => {
      far.removeAllListeners('message');
      const down = (text) => pass(text, fault.down, near);
      for (const text of early) down(text);
      far.on('message', (data) => down(String(data)));
      near.on('message', (data) => pass(String(data), fault.up, far, fault.isBinary));
      near.on('error', () => {});
      far.on('close', (code) => near.close(code >= 3000 || code === 1000 ? code : 1011));
      near.on('close', () => far.close());
    }),
  );
});

function pass(text, change, to, isBinary = false) {
  const frame = parsed(text);
  const all = frame === undefined || !change ? [text] : change(frame).map((each) => JSON.stringify(each));
  for (const each of all) if (to.readyState === WebSocket.OPEN) to.send(here(each), { binary: isBinary });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

server.listen(0, '127.0.0.1', () => {
  own = `http://127.0.0.1:${server.address().port}`;
  console.log(own);
  if (command.length === 0) return;
  const env = { ...process.env, AGENTTOWN_PAIRING_URL: own, AGENTTOWN_URL: own };
  const child = spawn(command.join(' '), { shell: true, stdio: 'ignore', env });
  child.on('close', (code) => process.exit(code ?? 1));
});
