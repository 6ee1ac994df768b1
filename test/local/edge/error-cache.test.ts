import { ErrorCache } from '../../../local/edge/error-cache';

function cacheWith(ttlSeconds: Array<[number, number]> = []) {
  let nowMs = 0;
  const cache = new ErrorCache(new Map(ttlSeconds), () => nowMs);
  return {
    cache,
    pass: (ms: number) => {
      nowMs += ms;
    },
    keep: (status: number, control?: string) => {
      const headers = control === undefined ? {} : { 'cache-control': control };
      cache.keep('/a', { status, headers, body: Buffer.from('no') });
    },
  };
}

test.each([500, 502, 503, 504])('a %d is kept for ten seconds, whatever its origin says', (status) => {
  const { cache, keep, pass } = cacheWith();
  keep(status, 'no-store');
  pass(9_999);
  expect(cache.find('/a')).toMatchObject({ status, body: Buffer.from('no') });
  expect(cache.find('/b')).toBeUndefined();
  pass(1);
  expect(cache.find('/a')).toBeUndefined();
});

test.each([404, 410, 414, 501])('a %d is kept unless its origin forbids it', (status) => {
  const { cache, keep } = cacheWith();
  keep(status, 'private, no-store');
  expect(cache.find('/a')).toBeUndefined();
  keep(status);
  expect(cache.find('/a')?.status).toBe(status);
});

test.each([400, 403, 405])('a %d is kept only where its origin asks for it', (status) => {
  const { cache, keep } = cacheWith();
  keep(status);
  expect(cache.find('/a')).toBeUndefined();
  keep(status, 'max-age=5');
  expect(cache.find('/a')?.status).toBe(status);
});

test.each([200, 202, 401, 409, 429])('a %d is never kept', (status) => {
  const { cache, keep } = cacheWith();
  keep(status, 'max-age=5');
  expect(cache.find('/a')).toBeUndefined();
});

test('the distribution says how long, and nothing is kept for no time', () => {
  const { cache, keep, pass } = cacheWith([
    [503, 0],
    [500, 2],
  ]);
  keep(503, 'no-store');
  expect(cache.find('/a')).toBeUndefined();
  keep(500);
  pass(1_999);
  expect(cache.find('/a')?.status).toBe(500);
  pass(1);
  expect(cache.find('/a')).toBeUndefined();
});

test('whoever asks for many paths does not fill the memory', () => {
  const { cache } = cacheWith();
  const answer = { status: 500, headers: {}, body: Buffer.alloc(0) };
  for (let n = 0; n <= 1_000; n++) cache.keep(`/${n}`, answer);
  expect([cache.find('/0'), cache.find('/1')?.status, cache.find('/1000')?.status]).toEqual([
    undefined,
    500,
    500,
  ]);
});
