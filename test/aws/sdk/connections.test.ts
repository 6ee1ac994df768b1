import { createServer, type Server, type Socket } from 'node:net';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoClient } from '../../../lambdas/aws/dynamo/dynamo';
import { managedSockets } from '../../../lambdas/aws/presence/sockets';
import type { Patience } from '../../../lambdas/aws/sdk/connections';

/** What the server does with a request, in the order in which they come. */
type Deed = 'answer' | 'reset' | 'half an answer' | 'nothing';

let server: Server;
/** One entry for a request that arrived: the how-manieth connection it came on. */
let arrived: number[];
let deeds: Deed[];
let open: Set<Socket>;
const before = { ...process.env };

const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** A server in the place of the management API that goes through `deeds`, whichever socket a request comes on. */
beforeEach(async () => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  arrived = [];
  open = new Set();
  server = createServer((socket) => {
    open.add(socket);
    const connection = open.size;
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
      if (!text.includes('frame')) return;
      text = '';
      arrived.push(connection);
      const deed = deeds.shift();
      if (deed === 'answer') socket.write(whole);
      if (deed === 'half an answer') socket.write(whole.slice(0, 12), () => socket.destroy());
      if (deed === 'reset') socket.resetAndDestroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  server.close();
  process.env = { ...before };
});

const patient: Patience = { connectMs: 60_000, answerMs: 60_000 };

/** Posts frames one after the other to a server that does so with them, and gives what came of each. */
async function post(frames: number, ...doing: Deed[]) {
  deeds = doing;
  const { port } = server.address() as { port: number };
  const sockets = managedSockets(`http://127.0.0.1:${port}`, { ...patient, answerMs: 200 });
  const outcomes: string[] = [];
  for (let n = 0; n < frames; n++) outcomes.push(await sockets.post('socket-1', 'frame'));
  return outcomes;
}

test('a frame that met a socket which had died unnoticed is sent on a new one', async () => {
  expect(await post(2, 'answer', 'reset', 'answer')).toEqual(['sent', 'sent']);
  expect(arrived).toEqual([1, 1, 2]);
});

test('a frame that met a dead socket and then a reset on a new one is not sent a third time', async () => {
  expect(await post(2, 'answer', 'reset', 'reset', 'answer')).toEqual(['sent', 'unclear']);
  expect(arrived).toEqual([1, 1, 2]);
});

test('a frame is not sent again when a new socket was reset: the other side had taken it', async () => {
  expect(await post(1, 'reset', 'answer')).toEqual(['unclear']);
  expect(arrived).toEqual([1]);
});

test('a frame is not sent again when a byte of the answer came', async () => {
  expect(await post(2, 'answer', 'half an answer', 'answer')).toEqual(['sent', 'unclear']);
  expect(arrived).toEqual([1, 1]);
});

test('a frame is not sent again when no answer came in time, and the next one gets a new socket', async () => {
  expect(await post(3, 'answer', 'nothing', 'answer')).toEqual(['sent', 'unclear', 'sent']);
  expect(arrived).toEqual([1, 1, 2]);
});

test('a frame is waited for no longer than whoever posts it has time', async () => {
  deeds = ['nothing'];
  const { port } = server.address() as { port: number };
  const sockets = managedSockets(`http://127.0.0.1:${port}`, patient);
  expect(await sockets.post('socket-1', 'frame', 100)).toBe('unclear');
  expect(arrived).toEqual([1]);
});

test('a read that gets no answer in time is made again, on a new connection', async () => {
  deeds = ['answer', 'nothing', 'answer'];
  const { port } = server.address() as { port: number };
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  const dynamo = dynamoClient({ ...patient, answerMs: 200 });
  for (let n = 0; n < 2; n++) {
    await dynamo.send(new GetCommand({ TableName: 'Things', Key: { id: 'frame' } }));
  }
  expect(arrived).toEqual([1, 1, 2]);
});
