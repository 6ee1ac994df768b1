/** The ways to an agent: HTTP, WebSocket, Hermes's API. Each stand-in can misbehave. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import type { Agent, AgentCall } from '../../../packages/connector/src/agents/agent';
import { ExecAgent } from '../../../packages/connector/src/agents/exec-agent';
import { HermesAgent } from '../../../packages/connector/src/agents/hermes-agent';
import { HttpAgent } from '../../../packages/connector/src/agents/http-agent';
import { SocketAgent } from '../../../packages/connector/src/agents/socket-agent';
import { AllowList, readAllowed } from '../../../packages/connector/src/allow-list';
import { newPairingCode } from '../../../packages/connector/src/pairing-code';
import { serviceFile } from '../../../packages/connector/src/service-file';

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;

const servers: Server[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(handler: Handler): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => handler(request, await textOf(request), response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

function used<T extends Agent>(agent: T): T {
  agents.push(agent);
  return agent;
}

function call(
  method: string,
  params?: unknown,
  more: Partial<AgentCall> = {},
): AgentCall & { steps: unknown[] } {
  const steps: unknown[] = [];
  const signal = new AbortController().signal;
  return { id: 'rpc_1', method, params, signal, progress: (step) => void steps.push(step), steps, ...more };
}

const json = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

test('a command that ends lines at every separator of Unicode, and says them as they are, is understood', async () => {
  // As the readline of Node.js 24 reads, and as JSON may be written.
  const agent = `
    let rest = '';
    process.stdin.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split(/[\\n\\u2028\\u2029]/);
      rest = lines.pop();
      for (const { id, params } of lines.map((line) => JSON.parse(line)))
        process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: params }) + String.fromCharCode(10));
    });`;
  const exec = used(new ExecAgent(`node -e "${agent.replaceAll('"', "'").replaceAll('\n', ' ')}"`, []));
  expect(await exec.call(call('echo', 'a\u2028b\u2029c'))).toBe('a\u2028b\u2029c');
});

describe('JSON-RPC by HTTP', () => {
  test('a call is one request, named by its id, with the credential', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((request, body, response) => {
      const { authorization, 'idempotency-key': key } = request.headers;
      if (request.method === 'POST') seen.push(authorization, key, JSON.parse(body));
      json(response, { jsonrpc: '2.0', id: 'rpc_1', result: 7 });
    });
    const agent = used(new HttpAgent(url, [], 'its-token'));
    expect(await agent.call(call('m', { a: 1 }))).toBe(7);
    expect(seen).toEqual([
      'Bearer its-token',
      'rpc_1',
      { jsonrpc: '2.0', id: 'rpc_1', method: 'm', params: { a: 1 } },
    ]);
    expect(await agent.look()).toEqual({ reachable: true });
  });

  test.each<[string, Handler, string | number]>([
    [
      'an error is passed on',
      (_, __, response) => json(response, { error: { code: -1, message: 'no' } }),
      -1,
    ],
    ['a page is no answer', (_, __, response) => response.end('<html>'), 'agent_unreachable'],
    ['a status is no answer', (_, __, response) => json(response, { hello: 1 }, 500), 'agent_unreachable'],
    [
      'a redirect is not followed',
      (_, __, response) => response.writeHead(302, { location: 'http://example.com' }).end(),
      'agent_unreachable',
    ],
    ['a cut connection is an agent away', (request) => request.socket.destroy(), 'agent_unreachable'],
  ])('%s', async (_, handler, code) => {
    const { url } = await serve(handler);
    await expect(used(new HttpAgent(url, [])).call(call('m'))).rejects.toMatchObject({
      name: 'MethodError',
      code,
    });
  });

  test('nobody at the endpoint is said in a sentence', async () => {
    const agent = used(new HttpAgent('http://127.0.0.1:9', []));
    expect(await agent.look()).toEqual({ reachable: false, problem: 'nothing answers at its endpoint.' });
  });
});

describe('JSON-RPC on a WebSocket', () => {
  async function socketAgent(
    hear: (frame: { id: string; method: string }, say: (frame: object) => void, end: () => void) => void,
  ) {
    const { server, url } = await serve(() => {});
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      const say = (frame: object) => socket.send(JSON.stringify(frame));
      socket.on('message', (data) => hear(JSON.parse(String(data)), say, () => socket.terminate()));
    });
    return used(new SocketAgent(url.replace('http', 'ws'), []));
  }

  test('steps, answers and errors find their call, and what belongs to none is not heard', async () => {
    const agent = await socketAgent(({ id, method }, say) => {
      say({ id: 'another', result: 0 });
      say({ method: 'progress', params: { id, data: 1 } });
      say(method === 'fails' ? { id, error: { code: 'E', message: 'no' } } : { id, result: method });
    });
    const works = call('works', 1, { id: 'a' });
    const answers = [
      agent.call(works),
      agent.call(call('fails', 1, { id: 'b' })).catch((error) => error.code),
    ];
    expect([await Promise.all(answers), works.steps]).toEqual([['works', 'E'], [1]]);
  });

  test('a socket that breaks fails its calls, and the next call opens another', async () => {
    const agent = await socketAgent(({ id, method }, say, end) =>
      method === 'breaks' ? end() : say({ id, result: 1 }),
    );
    await expect(agent.call(call('breaks'))).rejects.toMatchObject({ code: 'agent_unreachable' });
    expect(await agent.call(call('again'))).toBe(1);
  });

  test('a call that nobody wants any more is taken back', async () => {
    const heard: string[] = [];
    let tell = () => {};
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const controller = new AbortController();
    const agent = await socketAgent(({ method }) => {
      heard.push(method);
      if (method === 'long') controller.abort(new Error('cancelled'));
      else tell();
    });
    await expect(agent.call(call('long', 1, { signal: controller.signal }))).rejects.toThrow('cancelled');
    await told;
    expect(heard).toEqual(['long', 'cancel']);
  });
});

describe('Hermes, by its documented shapes', () => {
  interface Hermes {
    agent: HermesAgent;
    asked: string[];
  }
  async function hermes(key = 'right-key', onStop = () => {}): Promise<Hermes> {
    const asked: string[] = [];
    let finished = false;
    const { url } = await serve((request, body, response) => {
      asked.push(
        `${request.method} ${request.url} ${request.headers['idempotency-key'] ?? ''} ${body}`.trim(),
      );
      if (request.headers.authorization !== 'Bearer right-key') return json(response, { error: 'no' }, 401);
      if (request.url === '/health') return json(response, { status: 'ok', version: '9.1' });
      if (request.url === '/v1/models') return json(response, { data: ['m'] });
      if (request.url === '/v1/runs') return json(response, { run_id: 'run_1', status: 'started' }, 202);
      if (request.url === '/v1/runs/run_1/stop') {
        onStop();
        return json(response, { status: 'stopping' });
      }
      if (request.url === '/v1/runs/run_1/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const event = (name: string, more: object) =>
          response.write(
            `data: ${JSON.stringify({ event: name, run_id: 'run_1', timestamp: 1, ...more })}\n\n`,
          );
        event('message.delta', { delta: 'Hel' });
        event('message.delta', { delta: 'lo' });
        finished = true;
        return void response.end();
      }
      if (request.url === '/v1/runs/run_1')
        return json(response, {
          run_id: 'run_1',
          status: finished ? 'completed' : 'running',
          output: 'Hello',
        });
      return json(response, {}, 404);
    });
    return { agent: used(new HermesAgent(url, key)), asked };
  }

  test('chat.send is a run under the id of the call: its events are the steps, its end the result', async () => {
    const { agent, asked } = await hermes();
    const chat = call('chat.send', { message: 'hi', sessionId: 's1' });
    expect(await agent.call(chat)).toMatchObject({ status: 'completed', output: 'Hello' });
    expect(chat.steps).toMatchObject([{ delta: 'Hel' }, { delta: 'lo' }]);
    expect(asked[0]).toBe('POST /v1/runs rpc_1 {"input":"hi","session_id":"s1"}');
  });

  test('cancel stops the run', async () => {
    const controller = new AbortController();
    let tell = () => {};
    const stopped = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { agent } = await hermes('right-key', () => tell());
    const chat = call(
      'chat.send',
      { message: 'hi' },
      {
        signal: controller.signal,
        progress: () => controller.abort(new Error('cancelled')),
      },
    );
    await expect(agent.call(chat)).rejects.toThrow('cancelled');
    await stopped;
  });

  test('reads are reads, and what it has no way to is no method', async () => {
    const { agent } = await hermes();
    expect(await agent.call(call('models.list'))).toEqual({ data: ['m'] });
    expect(await agent.look()).toEqual({ reachable: true, version: '9.1' });
    await expect(agent.call(call('jobs.create'))).rejects.toMatchObject({ code: -32601 });
    await expect(agent.call(call('chat.send', {}))).rejects.toMatchObject({ code: -32602 });
    await expect(agent.call(call('sessions.get', { id: '../../v1/models' }))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a wrong key is said to be one, and not shown', async () => {
    const { agent } = await hermes('wrong-key');
    const { problem } = await agent.look();
    expect(problem).toContain('API_SERVER_KEY');
    expect(problem).not.toContain('wrong-key');
  });
});

test('a pattern means what it says: a star any characters, everything else itself', () => {
  const allow = new AllowList(readAllowed('chat.*, a.b'));
  expect(['chat.send', 'chat.', 'chatXsend', 'xchat.send', 'chat'].map((name) => allow.allows(name))).toEqual(
    [true, true, false, false, false],
  );
  expect(new AllowList(['*']).allows('anything')).toBe(true);
  expect(new AllowList([]).allows('anything')).toBe(false);
});

test('a pairing code has the shape that the relay reads', () => {
  expect(newPairingCode(new Uint8Array([0, 31, 32, 33, 255, 1, 2, 3, 4, 5, 6, 7]))).toBe('AT-0Z01-Z123-4567');
});

test('a service file holds any path as one word', () => {
  const command = ['/opt/a b/node', '/opt/50%/$x "y"/agenttown.js', 'relay'];
  const unit = serviceFile(command, { platform: 'linux', home: '/home/me', agenttownHome: '/home/me/a b' });
  expect(unit.path).toBe('/home/me/.config/systemd/user/agenttown.service');
  expect(unit.text).toContain('ExecStart="/opt/a b/node" "/opt/50%%/$$x \\"y\\"/agenttown.js" "relay"');
  expect(unit.text).toContain('Environment="AGENTTOWN_HOME=/home/me/a b"');
  const plist = serviceFile(['/opt/<&>'], { platform: 'darwin', home: '/Users/me', uid: 501 });
  expect(plist.text).toContain('<string>/opt/&lt;&amp;&gt;</string>');
  expect(plist.start).toEqual([['launchctl', 'bootstrap', 'gui/501', plist.path]]);
  expect(() => serviceFile([], { platform: 'win32' })).toThrow('start `agenttown relay` yourself');
});
