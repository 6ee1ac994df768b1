/** Memory is flat over ten thousand calls, at both ends. A relay that does nothing but pass frames on makes them quick. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { open } from 'agenttown-relay-client/app';
import { connect } from 'agenttown-relay-client/runtime';
import { WebSocketServer } from 'ws';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What both ends remember of calls is full after this many. */
const fillWith = 11_000;
const calls = 10_000;
/** What a heap that is still warming up may gain: a hundred bytes a call would be a megabyte. */
const allowedBytes = 1024 * 1024;

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let runtime: { send(text: string): void } | undefined;
  let app: { send(text: string): void } | undefined;
  server.on('connection', (socket, { headers }) => {
    const isRuntime = headers.authorization === 'Bearer runtime';
    if (isRuntime) runtime = socket;
    else app = socket;
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      const answer = (result: object) =>
        socket.send(JSON.stringify({ type: 'res', id: frame.id, ok: true, result }));
      if (frame.method === 'relay.pending') answer({ calls: [] });
      else if (frame.method?.startsWith('relay.') && frame.id) answer({ time: new Date().toISOString() });
      else if (isRuntime) app?.send(JSON.stringify({ type: 'res', ok: true, ...frame }));
      else
        runtime?.send(JSON.stringify({ type: 'req', ...frame, meta: { deadline: '2999-01-01T00:00:00Z' } }));
    });
  });
  await new Promise((resolve) => server.on('listening', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('ten thousand calls leave nothing behind', async () => {
  const { port } = server.address() as { port: number };
  const [serverUrl, relayUrl] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`];
  const runtime = connect(
    { serverUrl, relayUrl, gatewayId: 'gw', relaySecret: 'runtime' },
    { methods: { echo: (params) => params } },
  );
  await runtime.connected();
  const app = open({ serverUrl, relayUrl, gatewayId: 'gw', clientId: 'cl', clientToken: 'app' });
  const callMany = async (count: number) => {
    for (let left = count; left > 0; left -= 100)
      await Promise.all(Array.from({ length: 100 }, (_, n) => app.call('echo', { left, n })));
    collect();
    return process.memoryUsage().heapUsed;
  };
  try {
    const before = await callMany(fillWith);
    const after = await callMany(calls);
    expect(after - before).toBeLessThan(allowedBytes);
  } finally {
    app.close();
    await runtime.close();
  }
}, 60_000);
