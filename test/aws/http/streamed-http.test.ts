import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { bundleOptions } from '../../../lib/functions/function-bundle';

/** A function that streams pieces and has something to do afterwards. */
const contents = `
  import { streamedHttp } from './lambdas/aws/http/http';
  const turn = () => new Promise(setImmediate);
  async function* pieces() {
    yield 'one';
    yield 'two';
    await turn();
    yield 'three';
    await turn();
  }
  export const handler = streamedHttp({
    'GET /stream': async ({ afterwards }) => {
      afterwards(async () => process.stderr.write('done afterwards'));
      return { status: 200, pieces: pieces() };
    },
    'GET /fault': async () => {
      void Promise.reject(new Error('a fault of its own'));
      return { status: 200, pieces: pieces() };
    },
  });
`;
const directory = mkdtempSync(join(tmpdir(), 'streamed-http-'));
const bundle = join(directory, 'index.mjs');
const run = promisify(execFile);

beforeAll(() => {
  const { entryPoints: _, ...options } = bundleOptions('rpc');
  const resolveDir = join(__dirname, '../../..');
  buildSync({ ...options, stdin: { contents, resolveDir, loader: 'ts' }, outfile: bundle });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the function once in Lambda's place; the connection of its answer breaks at a write, if one is named. */
async function invoked(resource: string, breaksAt = 0) {
  const runtime = join(__dirname, 'lambda-runtime.mjs');
  const { stdout, stderr } = await run(process.execPath, [runtime, bundle, resource, String(breaksAt)]);
  return { writes: JSON.parse(stdout).writes as string[], said: stderr };
}

test('what leaves first ends with the prelude: no piece shares a chunk with its eight NULs', async () => {
  const { writes } = await invoked('/stream');
  const prelude = writes.find((write) => write.includes('\0'));
  expect(prelude).toMatch(/\{"statusCode":200,.*\0{8}\r\n$/s);
  expect(writes.join('')).toMatch(/one.*two.*three/s);
});

test.each([1, 2, 3])(
  'a connection that breaks at write %s ends no function before its work is done',
  async (n) => {
    expect((await invoked('/stream', n)).said).toContain('done afterwards');
  },
);

test('a rejection of its own that a function leaves unhandled still ends it', async () => {
  await expect(invoked('/fault')).rejects.toMatchObject({ code: 128 });
});
