import { tokenKeeper } from '../../../lambdas/aws/pairing/registration-token';

const t0 = 1_800_000_000_000;
const minuteMs = 60_000;
const [first, second] = ['first-token-of-the-operator', 'second-token-of-the-operator'];

/** A secret that can be rotated and can fail, with a count of its reads. */
function secret() {
  const held = { token: first, reads: 0, fails: false };
  const keeper = tokenKeeper(async () => {
    held.reads++;
    if (held.fails) throw new Error('Secrets Manager is away');
    return held.token;
  });
  return { held, isToken: keeper.isToken };
}

test('the token is read once in five seconds', async () => {
  const { held, isToken } = secret();
  for (let ms = 0; ms < 5_000; ms += 1_000) expect(await isToken(first, t0 + ms)).toBe(true);
  expect(held.reads).toBe(1);
  expect(await isToken(first, t0 + 5_000)).toBe(true);
  expect(held.reads).toBe(2);
});

test('a changed token works within five seconds, and kills the old one whoever presents what', async () => {
  const { held, isToken } = secret();
  await isToken(first, t0);
  held.token = second;
  expect(await isToken(first, t0 + 4_999)).toBe(true);
  expect(await isToken(first, t0 + 5_000)).toBe(false);
  expect(await isToken(second, t0 + 5_000)).toBe(true);
});

test('wrong tokens cause one read in five seconds, however many they are', async () => {
  const { held, isToken } = secret();
  for (let ms = 0; ms < 20_000; ms += 10) expect(await isToken('wrong', t0 + ms)).toBe(false);
  expect(held.reads).toBe(4);
});

test('simultaneous callers wait for the same read', async () => {
  const { held, isToken } = secret();
  const answers = await Promise.all(Array.from({ length: 50 }, () => isToken(first, t0)));
  expect(answers).toEqual(Array(50).fill(true));
  expect(held.reads).toBe(1);
});

test('while the secret cannot be read the known token works for its five minutes, and then nobody gets in', async () => {
  const { held, isToken } = secret();
  await isToken(first, t0);
  held.fails = true;
  expect(await isToken('wrong', t0 + minuteMs)).toBe(false);
  expect(await isToken(first, t0 + minuteMs)).toBe(true);
  await expect(isToken(first, t0 + 5 * minuteMs)).rejects.toThrow('Secrets Manager is away');
  held.fails = false;
  expect(await isToken(first, t0 + 5 * minuteMs)).toBe(true);
});

test.each(['', 'fifteen-charact'])(
  'a token that is too short lets nobody in, nor the one before it: %j',
  async (token) => {
    const { held, isToken } = secret();
    await isToken(first, t0);
    held.token = token;
    await expect(isToken(token, t0 + minuteMs)).rejects.toThrow('fewer than 16 characters');
    await expect(isToken(first, t0 + minuteMs)).rejects.toThrow('fewer than 16 characters');
  },
);
