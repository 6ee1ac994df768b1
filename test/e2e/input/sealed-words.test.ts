/** Of a sealed chat no word is anywhere: not in a table, a log, an event, nor in a byte that the relay sent or was sent. */
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, type Runtime, register } from 'agenttown-relay-client/runtime';
import { SealedRuntime, sealApp } from 'agenttown-relay-client/sealed';
import { freePort } from '../../../local/tables/engine';
import { request } from '../../support/api';
import { Gate } from '../../support/gate';
import { everyRow } from '../../support/memory/tables';
import { memoryStore } from '../../support/memory-store';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

const words = {
  prompt: 'Where did the hedgehog bury the samovar?',
  step: 'Behind the greenhouse',
  answer: 'beneath the third rhubarb',
  error: 'The hedgehog declines',
  method: 'chat.of.the.household',
};
let relay: Relay;
let gate: Gate;
let runtime: Runtime;
let code: string;
const passed: Buffer[] = [];

beforeAll(async () => {
  gate = await Gate.start();
  gate.port = await freePort();
  gate.onBytes = (data) => passed.push(data);
  relay = await startRelay({ port: gate.port, publicUrl: gate.url });
  const seal = new SealedRuntime({ clients: memoryStore(), codes: memoryStore() });
  const identity = await register(gate.url, { runtimeType: 'test', token: registrationToken });
  runtime = connect(identity, {
    seal,
    methods: {
      [words.method]: async (params, { progress }) => {
        const { text, large } = params as { text: string; large?: boolean };
        if (text !== words.prompt) throw new Error(words.error);
        progress({ deltaText: words.step });
        return { text: words.answer, ...(large ? { more: words.answer.repeat(4_000) } : {}) };
      },
    },
  });
  await runtime.connected();
  code = await seal.show(identity.accessCode);
});
afterAll(async () => {
  await runtime.close();
  await relay.stop();
  await gate.stop();
});

/** A chat, streamed, small and large, and one that fails. */
async function chat(app: RelayApp): Promise<void> {
  for (const large of [false, true]) {
    const stream = app.stream<{ text: string }>(words.method, { text: words.prompt, large });
    for await (const step of stream) expect(step).toEqual({ deltaText: words.step });
    expect((await stream.result).text).toBe(words.answer);
  }
  await app.call(words.method, { text: words.error }).catch(() => {});
}

/** Everything that the relay has, or has said. */
async function everything(): Promise<string> {
  const rows = await everyRow(relay.host);
  const binary = rows.map(({ row }) =>
    Object.values(row).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : '',
    ),
  );
  const credential = registrationToken;
  const events = await request(relay.url, 'GET /api/monitor/events?limit=500', { credential });
  return [
    JSON.stringify(rows),
    binary.flat().join('\n'),
    JSON.stringify(events.body),
    relay.logged.join('\n'),
    Buffer.concat(passed).toString('latin1'),
  ].join('\n');
}

/** The words in the writings in which they could hide: as they are, in hexadecimal digits, in base64 at each of three places. */
function writingsOf(word: string): string[] {
  const base64 = [0, 1, 2].map((at) =>
    Buffer.from('-'.repeat(at) + word)
      .toString('base64')
      .slice(4, -4),
  );
  return [word, Buffer.from(word).toString('hex'), ...base64];
}

test('a sealed chat leaves no word behind, and the same chat unsealed shows that the search would find it', async () => {
  const sealed = await pair(gate.url, code, { seal: sealApp() });
  const http = await pair(gate.url, (await runtime.newCode()).accessCode, { way: 'http' });
  await chat(sealed);
  sealed.close();
  const before = await everything();
  const found = Object.values(words)
    .flatMap(writingsOf)
    .filter((writing) => before.includes(writing));
  expect(found).toEqual([]);
  for (const secret of [code, code.replaceAll('-', '').slice(2), sealed.sealed!.key])
    expect(before).not.toContain(secret);
  expect(before).toContain('"sealed"');
  passed.length = 0;
  await chat(http);
  http.close();
  const after = await everything();
  expect(
    ['prompt', 'step', 'answer', 'method'].filter((name) => !after.includes(words[name as 'step'])),
  ).toEqual([]);
});
