/** Proxies before an honest server, each with a fault: a message `{ fault, target }` is answered with the address of one. */
import { createServer, request as httpRequest } from 'node:http';
import { createParser } from 'eventsource-parser';
import { WebSocket, WebSocketServer } from 'ws';
import { serverFaults } from './server-faults.mjs';

process.on('message', ({ fault, target }) => {
  const server = falsify(serverFaults[fault], target);
  server.listen(0, '127.0.0.1', () =>
    process.send({ fault, url: `http://127.0.0.1:${server.address().port}` }),
  );
});
process.on('disconnect', () => process.exit());
process.on('unhandledRejection', () => {});

function falsify(fault, upstream) {
  // What it keeps in mind, over all requests.
  const kept = {};
  const bearers = [];
  const server = createServer(async (request, response) => {
    const asked = await read(request);
    const own = `http://${request.headers.host}`;
    const here = (text) =>
      text.replaceAll(upstream, own).replaceAll(upstream.replace('http', 'ws'), own.replace('http', 'ws'));
    const bearer = bearerOf(request, fault);
    if (bearer && bearers.push(bearer) > 40) bearers.shift();
    if (bearer) asked.headers.authorization = `Bearer ${bearer}`;
    asked.lastBearers = bearers.join(' ');
    const made = fault.ask?.(asked);
    if (made) return send(response, made, here);
    const { method, headers, path, text } = asked;
    const from = { localAddress: request.socket.remoteAddress };
    const length = text === '' ? {} : { 'content-length': Buffer.byteLength(text) };
    const sent = httpRequest(
      upstream + path,
      { method, headers: { ...headers, ...length }, ...from },
      (answer) => pass(answer, asked, response, here),
    );
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    sent.end(text);
  });

  async function pass(answer, asked, response, here) {
    const isStream = String(answer.headers['content-type']).includes('event-stream');
    const found = { status: answer.statusCode, headers: { ...answer.headers }, asked, isStream };
    if (isStream) {
      fault.answer?.(found, { kept });
      response.writeHead(found.status, found.headers);
      response.flushHeaders();
      return stream(answer, response);
    }
    const chunks = [];
    for await (const chunk of answer) chunks.push(chunk);
    found.text = Buffer.concat(chunks).toString();
    found.body = parsed(found.text);
    fault.answer?.(found, { kept });
    send(response, found, here);
  }

  function stream(answer, response) {
    const state = { kept: {} };
    const tell = (each) => {
      for (const { event, id, data, retry } of fault.event?.(each, state) ?? [each]) {
        if (event === 'comment') response.write(`:${data}\n\n`);
        else if (retry !== undefined) response.write(`retry: ${retry}\n\n`);
        else
          response.write(
            `${event === 'message' ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`,
          );
      }
    };
    const parser = createParser({
      onEvent: ({ event = 'message', id, data }) => tell({ event, id, data }),
      onComment: (data) => tell({ event: 'comment', data }),
      onRetry: (retry) => tell({ event: 'retry', retry }),
    });
    answer.setEncoding('utf8').on('data', (text) => parser.feed(text));
    answer.on('end', () => response.end()).on('error', () => response.destroy());
  }

  const sockets = new WebSocketServer({ noServer: true });
  const runtimes = new Map();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    const { authorization } = request.headers;
    const bearer = bearerOf(request, fault);
    const url = fault.handshake?.(request.url) ?? request.url;
    const credential = bearer ?? /(?:secret|ticket)=([^&]*)/.exec(url)?.[1] ?? '';
    const role = credential.slice(0, 3);
    const own = `http://${request.headers.host}`;
    const here = (text) =>
      text.replaceAll(upstream, own).replaceAll(upstream.replace('http', 'ws'), own.replace('http', 'ws'));
    const far = new WebSocket(upstream.replace('http', 'ws') + url, {
      headers: authorization ? { authorization: bearer ? `Bearer ${bearer}` : authorization } : {},
      localAddress: socket.remoteAddress,
    });
    const early = [];
    far.on('message', (data) => early.push(String(data)));
    far.on('error', () => {});
    far.on('unexpected-response', (_, { statusCode }) => {
      const status = fault.refused?.(statusCode) ?? statusCode;
      socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\n\r\n`);
    });
    far.on('open', () =>
      sockets.handleUpgrade(request, socket, head, (near) => {
        const others = runtimes.get(credential) ?? [];
        if (role === 'ats') runtimes.set(credential, [...others, near]);
        far.removeAllListeners('message');
        const down = (text) => {
          const isCommand = fault.toOldest && text.includes('"type":"req"');
          const to = isCommand
            ? (runtimes.get(credential)?.find(({ readyState }) => readyState === 1) ?? near)
            : near;
          const hasLost = runtimes.get(credential)?.some(({ readyState }) => readyState === WebSocket.CLOSED);
          relay(text, fault.down, to, { role, here, hasLost, isBinary: fault.isBinary });
        };
        const close = () => near.terminate();
        for (const text of early) down(text);
        far.on('message', (data) => down(String(data)));
        near.on('message', (data, isBinary) => {
          if (isBinary || !fault.up) sendOn(far, data, isBinary);
          else relay(String(data), fault.up, far, { role, close, here: (text) => text });
        });
        near.on('error', () => {});
        far.on('close', (code) => {
          if (fault.staysOpen) return;
          if (code === 1006) near.terminate();
          else near.close(code >= 3000 || [1000, 1001, 1009].includes(code) ? code : 1011);
        });
        near.on('close', () => far.close());
      }),
    );
  });
  return server;
}

function relay(text, change, to, way) {
  const frame = parsed(text);
  const isObject = typeof frame === 'object' && frame !== null;
  const all = isObject && change ? change(frame, way).map((each) => JSON.stringify(each)) : [text];
  for (const each of all)
    if (to.readyState === WebSocket.OPEN) sendOn(to, Buffer.from(way.here(each)), way.isBinary === true);
}

/** In several frames, as it must have come: `ws` does not tell, but the kit sends none larger than this, and the server takes none of 32 KiB. */
function sendOn(to, data, isBinary) {
  const bytes = data.length > 40_000 ? 16_384 : data.length;
  for (let at = 0; at === 0 || at < data.length; at += bytes)
    to.send(data.subarray(at, at + bytes), { binary: isBinary, fin: at + bytes >= data.length });
}

function bearerOf({ headers }, fault) {
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? undefined : (fault.bearer?.(bearer) ?? bearer);
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url: path, headers } = request;
  const asked = { method, path, headers: { ...headers }, text: Buffer.concat(chunks).toString() };
  asked.change = (change) => {
    const body = parsed(asked.text);
    if (typeof body === 'object' && body !== null) asked.text = JSON.stringify(change(body));
  };
  return asked;
}

function send(response, { status, headers, body, text = '' }, here) {
  const { 'content-length': _, 'transfer-encoding': __, ...rest } = headers;
  const told = body === undefined ? text : JSON.stringify(body);
  response.writeHead(status, rest);
  response.end(status === 204 ? undefined : here(told));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
