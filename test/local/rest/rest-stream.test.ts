import { request as httpRequest } from 'node:http';
import { Duration } from 'aws-cdk-lib';
import { type Host, startHost } from '../../../local/host';
import { FixtureLog } from '../fixture-client';
import { fixtureAssembly, fixtureFunction, fixtureRestApi, route, streamingFunction } from '../fixture-stack';

const log = new FixtureLog();
let host: Host;

/** Starts the answer, which then has its head and a first piece. */
const BEGIN = `const out = awslambda.HttpResponseStream.from(stream, {
  statusCode: 201, headers: { 'content-type': 'text/plain', 'x-own': 'yes' }, cookies: ['a=1'],
});
out.write('first ');`;

beforeAll(async () => {
  const assembly = fixtureAssembly((stack) => {
    const api = fixtureRestApi(stack);
    const streaming = (path: string, body: string, timeout?: Duration) => {
      const target = streamingFunction(stack, `F${path.slice(1)}`, body, { timeout: Duration.seconds(20) });
      route(api, 'GET', path, target, { stream: true, ...(timeout && { timeout }) });
      return target;
    };
    // One function serves both, so that a request can release what another one waits for.
    const steps = streaming(
      '/steps',
      `if (event.path === '/release') {
        globalThis.release();
        awslambda.HttpResponseStream.from(stream, { statusCode: 200 }).write('');
        stream.end();
        return;
      }
      ${BEGIN}
      await new Promise((resolve) => { globalThis.release = resolve; console.log('waiting'); });
      out.write('second');
      out.end();
      console.log('finished');`,
    );
    route(api, 'GET', '/release', steps, { stream: true });
    streaming('/end', `awslambda.HttpResponseStream.from(stream, { statusCode: 404 }).end('gone');`);
    streaming('/breaks', `${BEGIN} throw new Error('half way');`);
    streaming('/fails', `throw new Error('at once');`);
    streaming('/bare', `stream.write('no metadata'); stream.end();`);
    streaming('/slow', `await new Promise(() => {});`, Duration.millis(50));
    streaming(
      '/afterwards',
      `${BEGIN} out.end(); await new Promise((r) => setImmediate(r)); console.log('after');`,
    );
    streaming(
      '/large',
      `${BEGIN} const { pipeline } = require('node:stream/promises'); const { Readable } = require('node:stream');
      await pipeline(Readable.from((function* () { for (let n = 0; n < 200; n++) yield Buffer.alloc(100_000, 'x'); })()), out);`,
    );
    route(api, 'GET', '/buffered', fixtureFunction(stack, 'Buffered', 'return { statusCode: 200 }'), {
      stream: true,
    });
  });
  host = await startHost({ assembly, onLog: log.write });
});

afterAll(() => host?.stop());

test('a streamed answer arrives in pieces, with the status and the headers of its metadata', async () => {
  const response = await fetch(`${host.url}/steps`);
  expect(response.status).toBe(201);
  expect(response.headers.get('x-own')).toBe('yes');
  expect(response.headers.getSetCookie()).toEqual(['a=1']);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect(await reader.read()).toEqual({ done: false, value: 'first ' });
  await log.line(/waiting/);
  await fetch(`${host.url}/release`);
  expect(await reader.read()).toEqual({ done: false, value: 'second' });
  expect(await reader.read()).toMatchObject({ done: true });
});

test('a function finishes after its caller has gone', async () => {
  log.lines.length = 0;
  const caller = httpRequest(`${host.url}/steps`);
  await new Promise((resolve) => caller.on('response', resolve).end());
  await log.line(/waiting/);
  caller.destroy();
  await fetch(`${host.url}/release`);
  await log.line(/finished/);
});

test('what a function does after the end of its stream delays nobody, and is done', async () => {
  expect(await (await fetch(`${host.url}/afterwards`)).text()).toBe('first ');
  await log.line(/after$/);
});

test('a large answer waits for a slow reader and arrives whole', async () => {
  const response = await fetch(`${host.url}/large`);
  expect((await response.arrayBuffer()).byteLength).toBe(20_000_006);
});

// As AWS's runtime does it: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/97
test('metadata leaves with the first write(): a stream that is only ended is a 502', async () => {
  expect((await fetch(`${host.url}/end`)).status).toBe(502);
});

test.each(['/fails', '/bare', '/buffered'])('a stream without metadata (%s) is a 502', async (path) => {
  expect((await fetch(host.url + path)).status).toBe(502);
});

test('a stream that takes too long to begin is a 504', async () => {
  expect((await fetch(`${host.url}/slow`)).status).toBe(504);
});

test('a function that fails half way breaks the connection', async () => {
  const response = await fetch(`${host.url}/breaks`);
  expect(response.status).toBe(201);
  await expect(response.text()).rejects.toThrow();
});
