import {
  codeNotFound,
  guessLimits,
  limitGuesses,
  limitRegistrations,
} from '../../../lambdas/core/pairing/attempts';
import { ApiError } from '../../../lambdas/core/wire/errors';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;

/** Attempts in memory, a clock that sleeping moves on, and everything that was looked up. */
function guessing() {
  let nowMs = t0;
  const lookedUp: string[] = [];
  const world = {
    attempts: memoryStores().attempts,
    clock: {
      now: () => nowMs,
      sleep: async (ms: number) => {
        // Those who sleep at the same time wake at the same time.
        const wakesAtMs = nowMs + ms;
        await Promise.resolve();
        nowMs = Math.max(nowMs, wakesAtMs);
      },
    },
  };
  const attempt = async (sourceIp: string, outcome: 'right' | Error) => {
    const later: Array<() => Promise<unknown>> = [];
    const caller = { sourceIp, afterwards: (task: () => Promise<unknown>) => later.push(task) };
    try {
      return await limitGuesses(world, caller, async () => {
        lookedUp.push(sourceIp);
        if (outcome !== 'right') throw outcome;
        return 'found';
      });
    } catch (error) {
      return error instanceof ApiError ? error : Promise.reject(error);
    } finally {
      for (const task of later) await task();
    }
  };
  return {
    world,
    lookedUp,
    right: (sourceIp: string) => attempt(sourceIp, 'right'),
    wrong: (sourceIp: string) => attempt(sourceIp, codeNotFound()),
    attempt,
    pass: (ms: number) => {
      nowMs += ms;
    },
    now: () => nowMs,
  };
}

const limited = { code: 'rate_limited' };
const notFound = { code: 'code_not_found' };

test('ten failures within a minute close the source for two minutes', async () => {
  const here = guessing();
  for (let n = 0; n < 10; n++) expect(await here.wrong('a')).toMatchObject(notFound);
  expect(await here.wrong('a')).toMatchObject({ ...limited, details: { retryAfterMs: 120_000 } });
  here.pass(119_999);
  expect(await here.wrong('a')).toMatchObject({ ...limited, details: { retryAfterMs: 1 } });
  expect(here.lookedUp).toHaveLength(10);
  here.pass(1);
  expect(await here.wrong('a')).toMatchObject(notFound);
});

test('the pause begins with the tenth failure, and being refused does not prolong it', async () => {
  const here = guessing();
  for (let n = 0; n < 10; n++) {
    await here.wrong('a');
    here.pass(5_000);
  }
  // 5 s of the pause are over.
  expect(await here.wrong('a')).toMatchObject({ details: { retryAfterMs: 115_000 } });
  here.pass(60_000);
  expect(await here.wrong('a')).toMatchObject({ details: { retryAfterMs: 55_000 } });
});

test('a right code in the pause is refused as well, and is not looked up', async () => {
  const here = guessing();
  for (let n = 0; n < 10; n++) await here.wrong('a');
  expect(await here.right('a')).toMatchObject(limited);
  expect(here.lookedUp).toHaveLength(10);
  here.pass(120_000);
  expect(await here.right('a')).toBe('found');
});

test('a closed source closes no other', async () => {
  const here = guessing();
  for (let n = 0; n < 11; n++) await here.wrong('a');
  expect(await here.right('b')).toBe('found');
});

test('nine failures a minute never close a source', async () => {
  const here = guessing();
  for (let minute = 0; minute < 5; minute++) {
    for (let n = 0; n < 9; n++) expect(await here.wrong('a')).toMatchObject(notFound);
    here.pass(60_000);
  }
});

test('a success is no failure, and forgives none', async () => {
  const here = guessing();
  for (let n = 0; n < 9; n++) await here.wrong('a');
  for (let n = 0; n < 20; n++) expect(await here.right('a')).toBe('found');
  expect(await here.wrong('a')).toMatchObject(notFound);
  expect(await here.right('a')).toMatchObject(limited);
});

test('an answer other than "not found" counts as no failure', async () => {
  const here = guessing();
  for (let n = 0; n < 30; n++) {
    expect(await here.attempt('a', new ApiError('too_many_clients', 'full'))).toMatchObject({
      code: 'too_many_clients',
    });
  }
  expect(await here.right('a')).toBe('found');
});

test('a fault keeps its place until the window ends: who can cause faults gets no further guesses', async () => {
  const here = guessing();
  for (let n = 0; n < 10; n++)
    await expect(here.attempt('a', new Error('a fault'))).rejects.toThrow('a fault');
  const startedAtMs = here.now();
  expect(await here.right('a')).toMatchObject({ ...limited, details: { retryAfterMs: 1_000 } });
  expect(here.now() - startedAtMs).toBeGreaterThanOrEqual(guessLimits.patienceMs);
  here.pass(60_000);
  expect(await here.right('a')).toBe('found');
});

test('of 1,000 simultaneous wrong redeems at most 10 are looked up in each window', async () => {
  const here = guessing();
  for (let window = 1; window <= 3; window++) {
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => here.wrong('a')));
    expect(here.lookedUp).toHaveLength(10 * window);
    expect(
      outcomes.filter((outcome) => outcome instanceof ApiError && outcome.code === 'rate_limited'),
    ).toHaveLength(990);
    here.pass(120_000);
  }
});

test('40 people behind one address redeem at the same time, and all of them succeed', async () => {
  const here = guessing();
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => here.right('office')));
  expect(outcomes).toEqual(Array(40).fill('found'));
});

test('while very many sources fail, each gets two failures, and a source that did not fail is served', async () => {
  const here = guessing();
  for (let n = 0; n < guessLimits.failuresUntilScarce; n++)
    await here.world.attempts.countFailure(here.now());
  expect(await here.wrong('a')).toMatchObject(notFound);
  expect(await here.wrong('a')).toMatchObject(notFound);
  expect(await here.right('a')).toMatchObject({ ...limited, details: { retryAfterMs: 120_000 } });
  expect(await here.right('b')).toBe('found');
  const { failuresOfAll } = await here.world.attempts.read('a', here.now());
  expect(failuresOfAll).toBe(guessLimits.failuresUntilScarce);
  // Two minutes without such failures, and a source has its ten again.
  here.pass(180_000);
  for (let n = 0; n < 10; n++) expect(await here.wrong('a')).toMatchObject(notFound);
});

test('that a code waits already counts as a failed guess', async () => {
  const here = guessing();
  for (let n = 0; n < 10; n++) await here.attempt('a', new ApiError('code_exists', 'It waits.'));
  expect(await here.right('a')).toMatchObject(limited);
});

test('wrong tokens close their source for tokens, and for nothing else', async () => {
  const here = guessing();
  const wrongToken = () =>
    limitGuesses(
      here.world,
      { sourceIp: 'a', afterwards: () => {} },
      () => Promise.reject(new ApiError('unauthorized', 'No.')),
      'tokens',
    ).catch((error) => error);
  for (let n = 0; n < 10; n++) expect(await wrongToken()).toMatchObject({ code: 'unauthorized' });
  expect(await wrongToken()).toMatchObject({ ...limited, details: { retryAfterMs: 120_000 } });
  expect(await here.right('a')).toBe('found');
});

test('a source registers sixty times a minute, however many come at the same time', async () => {
  const here = guessing();
  const registering = (sourceIp: string) =>
    limitRegistrations(here.world, { sourceIp }).then(
      () => 'admitted',
      (error) => error,
    );
  const outcomes = await Promise.all(Array.from({ length: 70 }, () => registering('a')));
  expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(60);
  expect(outcomes.at(-1)).toMatchObject({ code: 'rate_limited' });
  expect(await registering('b')).toBe('admitted');
  here.pass(60_000);
  expect(await registering('a')).toBe('admitted');
});
