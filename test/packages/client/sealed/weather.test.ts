/**
 * The exchange and the calls after it in seeded weather: whatever passes may be lost, doubled, replayed, turned over, given to another or
 * answered by the relay. Whatever the seed, both ends agree or nobody is paired, and no call runs twice. `SEALED_SEEDS=2000` runs longer.
 */
import type { RelayApp } from 'agenttown-relay-client/app';
import { Random, seedOf } from '../../../simulation/world/random';
import type { Command, Reply, Step } from './hostile-relay';
import { SealedHousehold } from './sealed-household';

const ran: string[] = [];
const house = new SealedHousehold({
  say: (what, { progress }) => {
    ran.push(String(what));
    progress({ of: what });
    return what;
  },
});
const { relay } = house;
const seeds = Number(process.env.SEALED_SEEDS ?? 30);

beforeAll(() => house.start());
afterAll(() => house.stop());

/** Turns a bit of one of the texts in a value over. */
function turned(value: unknown, random: Random): unknown {
  const members = Object.entries((value ?? {}) as Record<string, unknown>);
  const texts = members.filter(([, text]) => typeof text === 'string' && text !== '');
  if (texts.length === 0) return { sealed: 'AAAA' };
  const [name, text] = random.pick(texts) as [string, string];
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length === 0) return {};
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return { ...Object.fromEntries(members), [name]: bytes.toString('base64url') };
}

/** Sets the weather of a seed; `strength` is how often a message is not passed on as it is. */
function setWeather(random: Random, strength: number): void {
  const heard: Command[] = [];
  const said: Reply[] = [];
  relay.onCommand = (command) => {
    heard.push(command);
    if (!random.chance(strength)) return [command];
    const other = random.pick(heard);
    const spoiled = { ...command, params: turned(command.params, random) };
    const replayed = { ...command, method: other.method, params: other.params };
    const foreign = { ...command, meta: { ...command.meta, clientId: random.pick(heard).meta.clientId } };
    return random.pick([
      [command, command],
      [command, { ...command, id: `${command.id}-2` }],
      [spoiled],
      [replayed],
      [foreign],
    ]);
  };
  relay.onReply = (reply) => {
    said.push(reply);
    if (!random.chance(strength)) return [reply];
    const lie: Reply = {
      id: reply.id,
      error: { code: random.pick([-32601, 'seal_session_unknown', 'dropped']), message: 'no' },
    };
    const old = random.pick(said);
    const { error: _, ...plain } = reply;
    return random.pick([
      [{ ...plain, result: turned(reply.result, random) }],
      [{ ...old, id: reply.id }],
      [reply, lie],
      [lie],
    ]);
  };
  relay.onStep = (step): Step[] => {
    if (!random.chance(strength)) return [step];
    return random.pick([
      [],
      [step, step],
      [{ ...step, seq: step.seq + 1 }],
      [{ ...step, data: turned(step.data, random) }],
    ]);
  };
}

test('both ends agree or nobody is paired; no call runs twice, and what an App hears is what the runtime said', async () => {
  const words: Record<string, number> = {};
  const note = (word: string) => {
    words[word] = (words[word] ?? 0) + 1;
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const random = new Random(seedOf(seed, 'sealed weather'));
    ran.length = 0;
    house.days++;
    setWeather(random, random.pick([0.05, 0.2, 0.5]));
    const app = await house.pair().catch((error): RelayApp | undefined => {
      note(error.name);
      return undefined;
    });
    if (!app) continue;
    const { clientId } = app.credentials;
    const client = (await house.seal.clients()).find((each) => each.clientId === clientId);
    expect([seed, client?.key]).toEqual([seed, app.sealed!.key]);
    const calls = [0, 1, 2].map(async (n) => {
      const what = `${seed}.${n}`;
      const stream = app.stream('say', what);
      for await (const step of stream) expect([seed, step]).toEqual([seed, { of: what }]);
      expect([seed, await stream.result]).toEqual([seed, what]);
    });
    for (const { status, reason } of await Promise.all(
      calls.map((call) =>
        call.then(
          () => ({ status: 'heard', reason: undefined }),
          (error) => ({ status: error.name, reason: error }),
        ),
      ),
    )) {
      if (!['heard', 'SealBroken', 'RuntimeError'].includes(status)) throw reason;
      note(status);
    }
    expect([seed, ran.length]).toEqual([seed, new Set(ran).size]);
    relay.behave();
    expect([seed, await app.call('say', 'calm')]).toEqual([seed, 'calm']);
    app.close();
  }
  // A weather that hits nothing, or everything, would show nothing.
  expect(Object.keys(words).sort()).toEqual(expect.arrayContaining(['SealBroken', 'heard']));
}, 300_000);
