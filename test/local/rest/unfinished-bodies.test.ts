import { connect, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { type Host, startHost } from '../../../local/host';
import { eventually } from '../../support/eventually';
import { fixtureAssembly, fixtureFunction, fixtureRestApi, route } from '../fixture-stack';

const assembly = fixtureAssembly((stack) => {
  const api = fixtureRestApi(stack);
  const length = fixtureFunction(
    stack,
    'Length',
    'return { statusCode: 200, body: String(event.body.length) }',
  );
  route(api, 'POST', '/length', length);
});

const KB = 1024;
let host: Host | undefined;
afterEach(() => host?.stop());

/** Sends the head of a request and so many bytes of the body that it announces, and leaves it at that. */
function begin(announced: number, sent: number): { socket: Socket; answer: Promise<string> } {
  const socket = connect(Number(new URL(host!.url).port), '127.0.0.1');
  socket.write(`POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: ${announced}\r\n\r\n${'x'.repeat(sent)}`);
  return { socket, answer: textOf(socket) };
}

test('a body that does not come to its end is answered in the words of the protocol, and its connection ends', async () => {
  host = await startHost({ assembly, bodyLimits: { timeoutMs: 50 } });
  const answer = await begin(100, 60).answer;
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(/^connection: close\r$/im);
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
    status: 400,
    code: 'invalid_request',
    detail: 'The body did not come to its end in time.',
    retryable: false,
  });
});

test('unfinished bodies of all connections have one limit, small bodies pass beside them, and it is given back', async () => {
  const bodyLimits = { maxBytesInAll: 400 * KB, freeBytes: 4 * KB };
  host = await startHost({ assembly, throttle: false, bodyLimits });
  // Each counts for 96 KB: the fifth is one too many, whichever of them that is.
  const begun = Array.from({ length: 5 }, () => begin(200 * KB, 100 * KB));
  const refused = await Promise.race(begun.map(({ answer }) => answer));
  expect(refused).toMatch(/^HTTP\/1\.1 429 /);
  const post = (bytes: number) => fetch(`${host!.url}/length`, { method: 'POST', body: 'x'.repeat(bytes) });
  const small = await Promise.all(Array.from({ length: 20 }, () => post(4 * KB)));
  expect(small.map(({ status }) => status)).toEqual(small.map(() => 200));
  for (const { socket } of begun) socket.destroy();
  await Promise.allSettled(begun.map(({ answer }) => answer));
  // The host hears of the ends a moment later.
  const large = await eventually(async () => {
    const response = await post(300 * KB);
    return response.status === 200 ? response : undefined;
  });
  expect(await large.text()).toBe(String(300 * KB));
});

test('what a finished body took counts no more, however it ended', async () => {
  host = await startHost({
    assembly,
    throttle: false,
    bodyLimits: { maxBytesInAll: 100 * KB, freeBytes: 0 },
  });
  for (let n = 0; n < 5; n++) {
    const { status } = await fetch(`${host.url}/length`, { method: 'POST', body: 'x'.repeat(90 * KB) });
    expect(status).toBe(200);
    const { status: over } = await fetch(`${host.url}/length`, {
      method: 'POST',
      body: 'x'.repeat(110 * KB),
    });
    expect(over).toBe(429);
  }
});
