/** What a hostile relay can do to a sealed pairing: refuse and delay. Everything else is detected, or changes nothing. */
import { open, type RelayApp } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import type { Command, Reply } from './hostile-relay';
import { SealedHousehold } from './sealed-household';

const ran: unknown[] = [];
const house = new SealedHousehold({
  echo: (params) => {
    ran.push(params);
    return params;
  },
  count: (_, { progress }) => {
    for (const n of [0, 1, 2]) progress({ n });
    return 'counted';
  },
});
const { relay } = house;
let app: RelayApp;

beforeAll(async () => {
  await house.start();
  app = await house.pair();
});
beforeEach(() => {
  relay.behave();
  ran.length = 0;
});
afterAll(() => house.stop());

const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    ({ name, code }) => `${name} ${code}`,
  );
const sealedOf = ({ params }: Command) => (params as { sealed: string }).sealed;
/** The same bytes with one bit turned over, counted from the beginning or, below zero, from the end. */
function turned(sealed: string, at: number): string {
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return bytes.toString('base64url');
}
const withSealed = (reply: Reply, change: (sealed: string) => string): Reply => ({
  ...reply,
  result: { sealed: change((reply.result as { sealed: string }).sealed) },
});

test('nothing that passes has a word of it', async () => {
  await app.call('echo', { secret: 'the cat is in the garden' });
  const all = relay.heard.join('\n');
  expect(all).not.toContain('garden');
  expect(all).not.toContain(Buffer.from('garden').toString('base64').slice(0, 7));
  expect(all).not.toContain('"echo"');
});

test.each([1, 5, 9, 12, 13, 14, 20, 60, -300, -17, -1])(
  'a call with bit at byte %d turned over never runs',
  async (at) => {
    await app.call('echo', 'a session is open');
    ran.length = 0;
    relay.onCommand = (command) => [{ ...command, params: { sealed: turned(sealedOf(command), at) } }];
    expect(await failure(app.call('echo', 'x'))).toBe('SealBroken seal_broken');
    expect(ran).toEqual([]);
  },
);

test.each([0, 1, 4, 5, 40, -17, -1])('an answer with a bit at byte %d turned over is none', async (at) => {
  relay.onReply = (reply, { method }) => [
    method === 'sealed' ? withSealed(reply, (sealed) => turned(sealed, at)) : reply,
  ];
  expect(await failure(app.call('echo', 'x'))).toBe('SealBroken seal_broken');
});

test.each([
  ['cut short', (sealed: string) => sealed.slice(0, -24)],
  ['emptied', () => ''],
  ['longer', (sealed: string) => `${sealed}AAAA`],
  ['no base64url', () => '*'],
])('what is %s is none, on both ways', async (_, change) => {
  relay.onReply = (reply, { method }) => [method === 'sealed' ? withSealed(reply, change) : reply];
  expect(await failure(app.call('echo', 'x'))).toBe('SealBroken seal_broken');
  relay.behave();
  ran.length = 0;
  relay.onCommand = (command) => [{ ...command, params: { sealed: change(sealedOf(command)) } }];
  expect(await failure(app.call('echo', 'x'))).toBe('SealBroken seal_broken');
  expect(ran).toEqual([]);
});

test('a large answer whose last chunk is left out is none', async () => {
  relay.onReply = (reply, { method }) => [
    method === 'sealed'
      ? withSealed(reply, (sealed) => sealed.slice(0, Math.floor((5 + 65_552) / 3) * 4))
      : reply,
  ];
  expect(await failure(app.call('echo', 'x'.repeat(100_000)))).toBe('SealBroken seal_broken');
});

test('answers of two calls that change places are none', async () => {
  const held: Reply[] = [];
  relay.onReply = (reply) => {
    held.push(reply);
    if (held.length < 2) return [];
    const [a, b] = held as [Reply, Reply];
    return [
      { ...a, id: b.id },
      { ...b, id: a.id },
    ];
  };
  const calls = [failure(app.call('echo', 'a')), failure(app.call('echo', 'b'))];
  expect(await Promise.all(calls)).toEqual(Array(2).fill('SealBroken seal_broken'));
});

test('an answer of an hour ago, for the same question, is none', async () => {
  await app.call('echo', 'is the door shut?');
  const old = relay.replies.at(-1)!;
  relay.onReply = (reply) => [{ ...old, id: reply.id }];
  expect(await failure(app.call('echo', 'is the door shut?'))).toBe('SealBroken seal_broken');
});

test('a call that is sent twice, at once or an hour later, under its id or another, runs once', async () => {
  relay.onCommand = (command) => [command, command, { ...command, id: `${command.id}-again` }];
  expect(await app.call('echo', 'once')).toBe('once');
  const [command] = relay.commands;
  const later = await relay.post({ ...command!, id: 'rpc_later' });
  expect(later.error).toMatchObject({ code: 'seal_repeated' });
  expect(ran).toEqual(['once']);
});

test("a call of one App that is given to the runtime as another App's does not run", async () => {
  const other = await house.pair();
  await other.call('echo', 'mine');
  ran.length = 0;
  relay.onCommand = (command) => [
    { ...command, meta: { ...command.meta, clientId: other.credentials.clientId } },
  ];
  expect(await failure(app.call('echo', 'x'))).toMatch(/^SealBroken/);
  expect(ran).toEqual([]);
  relay.behave();
  expect(await other.call('echo', 'still mine')).toBe('still mine');
  other.close();
});

test('steps that are turned over, renumbered or of another call end the call; doubled and dropped ones change nothing', async () => {
  const steps = async () => {
    const seen: unknown[] = [];
    const stream = app.stream<string>('count');
    for await (const step of stream) seen.push(step);
    return [seen, await stream.result];
  };
  relay.onStep = (step) => [step, step];
  expect(await steps()).toEqual([[{ n: 0 }, { n: 1 }, { n: 2 }], 'counted']);
  relay.onStep = (step) => (step.seq === 1 ? [] : [step]);
  expect(await steps()).toEqual([[{ n: 0 }, { n: 2 }], 'counted']);
  relay.onStep = (step) => [{ ...step, seq: step.seq + 1 }];
  expect(await failure(steps())).toBe('SealBroken seal_broken');
  relay.onStep = (step) => [
    { ...step, data: { sealed: turned((step.data as { sealed: string }).sealed, 30) } },
  ];
  expect(await failure(steps())).toBe('SealBroken seal_broken');
  let first: unknown;
  relay.onStep = (step) => {
    first ??= step.data;
    return [{ ...step, data: first }];
  };
  expect(await failure(steps())).toBe('SealBroken seal_broken');
});

test.each<[string, (reply: Reply) => Reply]>([
  ['a result in plain words', ({ id }) => ({ id, result: 'believe me' })],
  ['an error in plain words', ({ id }) => ({ id, error: { code: 'no', message: 'no' } })],
  ['that the method is unknown', ({ id }) => ({ id, error: { code: -32601, message: 'no such method' } })],
  [
    'that the session is unknown',
    ({ id }) => ({ id, error: { code: 'seal_session_unknown', message: 'no', data: { tag: 'AAAA' } } }),
  ],
  [
    'that it should speak plainly',
    ({ id }) => ({ id, error: { code: 'seal_required', message: 'plain, please' } }),
  ],
])('a relay that answers %s itself is not believed, and nothing is said plainly', async (_, lie) => {
  await app.call('echo', 'a session is open');
  relay.behave();
  relay.onReply = (reply) => [lie(reply)];
  expect(await failure(app.call('echo', 'x'))).toBe('SealBroken seal_broken');
  expect(relay.commands.map(({ method }) => method)).toEqual(['sealed']);
});

test('a relay that refuses sessions gets no plain call', async () => {
  const fresh = open(app.credentials, { seal: sealApp(), fetch: relay.fetch, way: 'http' });
  relay.onReply = ({ id }) => [{ id, error: { code: -32601, message: 'no such method' } }];
  expect(await failure(fresh.call('echo', 'x'))).toBe('RuntimeError -32601');
  relay.onReply = (reply) => [{ ...reply, result: { hello: Buffer.alloc(48).toString('base64url') } }];
  expect(await failure(fresh.call('echo', 'x'))).toBe('SealBroken seal_broken');
  expect(relay.commands.map(({ method }) => method)).toEqual(['seal.open', 'seal.open']);
  fresh.close();
});

test('a session that is asked for again and again with words of before takes no place of a used one', async () => {
  const fresh = open(app.credentials, { seal: sealApp(), fetch: relay.fetch, way: 'http' });
  await fresh.call('echo', 'x');
  const hello = relay.commands.find(({ method }) => method === 'seal.open')!;
  for (let i = 0; i < 200; i++) await relay.post({ ...hello, id: `rpc_flood_${i}` });
  relay.behave();
  expect(await fresh.call('echo', 'y')).toBe('y');
  expect(relay.commands.map(({ method }) => method)).toEqual(['sealed']);
  fresh.close();
});

test('a sealed App is not spoken for plainly', async () => {
  const { clientId } = app.credentials;
  const meta = { clientId, deadline: new Date(Date.now() + 60_000).toISOString() };
  const reply = await relay.post({ method: 'echo', params: 'from the relay', meta });
  expect(reply.error).toMatchObject({ code: 'seal_required' });
  const again = await relay.post({ method: 'seal.pair', params: { v: 1, confirm: 'AAAA' }, meta });
  expect(again.error).toMatchObject({ code: 'seal_code_unknown' });
  expect(ran).toEqual([]);
});

test('4 MiB travel sealed both ways', async () => {
  const text = 'x'.repeat(4 * 1024 * 1024);
  expect(await app.call<string>('echo', text, { timeoutMs: 60_000 })).toHaveLength(text.length);
});
