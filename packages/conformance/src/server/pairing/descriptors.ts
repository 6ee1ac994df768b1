/** A descriptor behind a code. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds, type Pattern } from '../../harness/expect';
import { needsToken } from '../needs';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const descriptors = cases;
const type = 'agenttown.runtime_pairing.v1';
const plain = {
  type,
  runtime: { type: 'kit', displayName: 'Büro' },
  endpoints: [{ url: 'wss://desk.example/relay' }],
  pairing: { challengeId: 'ch_1', codeHash: 'a'.repeat(64) },
  limits: { maxTokens: 4096 },
  requiresToken: true,
};
const freshCode = () =>
  `AT-${Array.from({ length: 3 }, () => Math.random().toString(36).slice(2, 6).toUpperCase().padEnd(4, 'X')).join('-')}`;
const take = (w: ServerWorld, pairingCode: string) =>
  w.guess('POST /api/runtime-pairings/redeem', { body: { pairingCode } });

section('Routes');

it('descriptor', '| `POST /api/runtime-pairings` | registration token |', async (w) => {
  const answer = await w.leave(freshCode(), plain);
  fits(answer, { status: 201, body: { ok: true, type, expiresAt: String } });
  holds(
    Math.abs(Date.parse(answer.body.expiresAt) - Date.now() - 600_000) < 30_000,
    'a descriptor does not wait ten minutes',
  );
});

it(
  'descriptor-needs-token',
  '| `POST /api/runtime-pairings` | registration token |',
  async (w) => {
    await w.server.sources.spend('failure');
    fits(await w.leave(freshCode(), plain, { credential: 'a-wrong-token-of-24-chars' }), {
      status: 401,
      body: { code: 'unauthorized' },
    });
  },
  needsToken,
);

it(
  'descriptor-once',
  '| `POST /api/runtime-pairings/redeem` | none | `{ pairingCode }` | 200 `{ type, descriptor }`, once |',
  async (w) => {
    const code = freshCode();
    await w.leave(code, plain);
    const taken = await take(w, code.toLowerCase().replaceAll('-', ' '));
    equal([taken.status, taken.body], [200, { type, descriptor: plain }], 'the descriptor');
    fits(await take(w, code), { status: 404, body: { code: 'code_not_found' } });
  },
);

it(
  'descriptor-at-once',
  '| `POST /api/runtime-pairings/redeem` | none | `{ pairingCode }` | 200 `{ type, descriptor }`, once |',
  async (w) => {
    const code = freshCode();
    await w.leave(code, plain);
    const found = await Promise.all(Array.from({ length: 6 }, () => take(w, code)));
    equal(found.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404], 'redeems at once');
  },
);

section('A descriptor in detail');

it('descriptor-by-code', 'whoever types it gets the descriptor, once.', async (w) => {
  const [mine, theirs] = [freshCode(), freshCode()];
  await Promise.all([w.leave(mine, { ...plain, mark: 1 }), w.leave(theirs, { ...plain, mark: 2 })]);
  fits(await take(w, theirs), { body: { descriptor: { mark: 2 } } });
  fits(await take(w, mine), { body: { descriptor: { mark: 1 } } });
});

it(
  'descriptor-outer-type',
  "The descriptor's own `type` counts, or the outer one where it has none.",
  async (w) => {
    const { type: _, ...untyped } = plain;
    fits(await w.leave(freshCode(), untyped), { status: 201, body: { type } });
    fits(await w.leave(freshCode(), { ...plain, type: 'something.else.v1' }), {
      status: 400,
      body: { code: 'descriptor_rejected' },
    });
  },
);

it(
  'descriptor-size',
  'It may be 32 KiB of JSON (413) and 16 levels deep,',
  async (w) => {
    const empty = JSON.stringify({ type, note: '' }).length;
    const filled = (bytes: number) => ({ type, note: 'n'.repeat(bytes - empty) });
    fits(await w.leave(freshCode(), filled(32 * 1024)), { status: 201 });
    fits(await w.leave(freshCode(), filled(32 * 1024 + 1)), {
      status: 413,
      body: { code: 'payload_too_large', limitBytes: 32_768 },
    });
  },
  { also: [['Limits', '| descriptor | 32 KiB, 16 levels | 413 / 400 |']] },
);

it(
  'descriptor-depth',
  'It may be 32 KiB of JSON (413) and 16 levels deep,',
  async (w) => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
    fits(await w.leave(freshCode(), { type, deep: deep(14) }), { status: 201 });
    fits(await w.leave(freshCode(), { type, deep: deep(17) }), { status: 400 });
  },
  { also: [['Limits', '| descriptor | 32 KiB, 16 levels | 413 / 400 |']] },
);

it('descriptor-without-code', 'must hold neither the code in any spelling nor a secret,', async (w) => {
  const code = freshCode();
  for (const spelling of [
    code,
    code.toLowerCase(),
    code.slice(3).replaceAll('-', ''),
    ` ${code.replaceAll('-', ' ')}`,
  ])
    fits(await w.leave(code, { ...plain, note: `call ${spelling}` }), {
      status: 400,
      body: { code: 'descriptor_rejected', errors: [{ path: /note$/ }] },
    });
});

const secrets: Array<[string, object, RegExp]> = [
  ['name', { env: { password: 'hunter2hunter2' } }, /password$/],
  ['value', { note: `sk-ant-${'x9'.repeat(20)}` }, /note$/],
  ['bearer', { headers: [`Bearer ${'k3'.repeat(20)}`] }, /headers/],
];
for (const [id, more, path] of secrets)
  it(
    `descriptor-secret-${id}`,
    'by name or by value (400 `descriptor_rejected`, with every path and reason in `errors`, never the value).',
    async (w) => {
      const answer = await w.leave(freshCode(), { ...plain, ...more });
      fits(answer, {
        status: 400,
        body: { code: 'descriptor_rejected', errors: [{ path, message: String }] },
      });
      holds(!/hunter2|x9x9x9|k3k3k3/.test(answer.text), 'the answer repeats the secret');
    },
  );

it(
  'descriptor-plain',
  'Endpoints, names, capability lists, ids, hashes, public keys, counts (`maxTokens`) and yes-or-no answers (`requiresToken`) pass.',
  async (w) => {
    fits(await w.leave(freshCode(), plain), { status: 201 });
  },
);

it('descriptor-duplicate-keys', 'Of duplicate keys the last one is checked and kept.', async (w) => {
  const code = freshCode();
  const body = (members: string) => `{"pairingCode":"${code}","descriptor":{"type":"${type}",${members}}}`;
  const leave = (members: string) => w.enrol('POST /api/runtime-pairings', { text: body(members) });
  fits(await leave('"token":true,"token":"s3cr3t-v4lue-abc"'), {
    status: 400,
    body: { code: 'descriptor_rejected' },
  });
  fits(await leave('"token":"s3cr3t-v4lue-abc","token":true'), { status: 201 });
  equal((await take(w, code)).body.descriptor, { type, token: true }, 'the descriptor that was kept');
});

it(
  'descriptor-waits',
  'While a descriptor waits behind a code, another is refused with 409 `code_exists`.',
  async (w) => {
    const code = freshCode();
    fits(await w.leave(code, plain), { status: 201 });
    await w.server.sources.spend('failure');
    fits(await w.leave(code, plain), {
      status: 409,
      body: { code: 'code_exists', retryable: false },
    } as Pattern);
    fits(await take(w, code), { status: 200 });
    fits(await w.leave(code, plain), { status: 201 });
  },
  { also: [['Errors', '| 409 | `code_exists` | that pairing code is waiting already | no |']] },
);

it('two-kinds-of-code', 'An access code and a pairing code of the same letters are two codes.', async (w) => {
  const { accessCode } = await w.register();
  fits(await w.leave(accessCode, plain), { status: 201 });
  fits(await take(w, accessCode), { status: 200, body: { type } });
  await w.redeem(accessCode);
  const pairingCode = freshCode().replaceAll(/[ILOU]/g, 'Z');
  await w.leave(pairingCode, plain);
  fits(await w.guess('POST /api/relay/redeem', { body: { accessCode: pairingCode } }), { status: 404 });
  fits(await take(w, pairingCode), { status: 200, body: { type } });
});
