import { PassThrough } from 'node:stream';
import { writePieces } from '../../../lambdas/aws/http/write-pieces';

/** Pieces without end, that tell when nobody reads on. */
function endless() {
  let ended = false;
  async function* pieces() {
    try {
      for (let n = 0; ; n++) {
        yield `data: ${n}\n\n`;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended = true;
    }
  }
  return { pieces: pieces(), ended: () => ended };
}

test('pieces are written in order, to the last', async () => {
  const out = new PassThrough();
  async function* three() {
    yield* ['a', 'b', 'c'];
  }
  await writePieces(out, three());
  out.end();
  expect((await out.toArray()).join('')).toBe('abc');
});

test.each(['close', 'error'] as const)(
  'a stream whose caller is gone (%s) is read no further',
  async (how) => {
    const out = new PassThrough();
    out.on('error', () => {});
    const { pieces, ended } = endless();
    const written = writePieces(out, pieces);
    out.once('data', () => out.destroy(how === 'error' ? new Error('the caller is gone') : undefined));
    await written;
    expect(ended()).toBe(true);
  },
);
