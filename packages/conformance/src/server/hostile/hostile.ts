/** What is not theirs: credentials of another kind, calls of others, and requests that no client would send. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('hostile');
export const hostile = cases;

section('Errors');

/** Every route that takes a credential, with the kinds that do not hold there. */
const routes: Array<[string, Array<'client' | 'secret'>]> = [
  ['POST /api/relay/rpc', ['secret']],
  ['GET /api/relay/rpc/some-id', ['secret']],
  ['POST /api/relay/rpc/some-id/cancel', ['secret']],
  ['POST /api/relay/replies/rpc_x', ['client']],
  ['GET /api/relay/rpc/rpc_x/params', ['client']],
  ['POST /api/relay/codes', ['client']],
  ['GET /api/relay/clients', ['client']],
  ['DELETE /api/relay/clients/cl_AAAAAAAAAAAAAAAA', []],
  ['POST /api/relay/secret', ['client']],
  ['DELETE /api/relay/gateway', ['client']],
  ['GET /api/relay/status', []],
];
for (const [route, foreign] of routes)
  it(
    `credentials-${route.split(' ')[0]!.toLowerCase()}-${route
      .split('/')
      .slice(3)
      .join('-')
      .replace(/[^a-z-]/g, '')}`,
    '| 401 | `unauthorized` | credential missing, malformed, wrong, expired or revoked | no |',
    async (w) => {
      const { gateway, app } = await w.household();
      const { relaySecret } = gateway;
      const wrong = [
        undefined,
        'hello',
        'x'.repeat(3_000),
        `${relaySecret.slice(0, -3)}AAA`,
        `ats_${'A'.repeat(59)}`,
        `atv_${'A'.repeat(43)}`,
      ];
      const others = foreign.map((kind) => (kind === 'client' ? app.clientToken : relaySecret));
      const found = await Promise.all(
        [...wrong, ...others].map((credential) =>
          w.ask(route, { credential, ...(route.startsWith('POST') ? { body: {} } : {}) }),
        ),
      );
      const bodies = found.map(({ body: { requestId: _, ...body } }) => body);
      for (const body of bodies) equal(body, bodies[0], 'the answer to a credential that does not hold');
      fits(bodies[0], { status: 401, code: 'unauthorized', retryable: false });
    },
  );

it(
  'foreign-gateway',
  '| 403 | `forbidden` | valid credential, not for this gateway or action | no |',
  async (w) => {
    const [{ app }, other] = await Promise.all([w.shared(), w.household()]);
    fits(await w.call({ ...app, gatewayId: other.app.gatewayId }, { method: 'echo' }), {
      status: 403,
      body: { code: 'forbidden' },
    });
    equal(other.runtime.commands(), [], 'what the other runtime was sent');
  },
);
it('foreign-client', '| 404 | `not_found` | anything else that is not there | no |', async (w) => {
  const [{ gateway }, other] = await Promise.all([w.shared(), w.household()]);
  fits(await w.ask(`DELETE /api/relay/clients/${other.app.clientId}`, { credential: gateway.relaySecret }), {
    status: 404,
  });
  fits(await w.ask('GET /api/relay/status', { credential: other.app.clientToken }), { status: 200 });
});

const ids = [
  'cl_x',
  encodeURIComponent('../gateway'),
  'x'.repeat(2_000),
  '%00',
  'cl_%F0%9F%98%80',
  '__proto__',
  'constructor',
];
for (const [n, id] of ids.entries())
  it(`odd-client-id-${n + 1}`, '| 404 | `not_found` | anything else that is not there | no |', async (w) => {
    const { gateway } = await w.shared();
    fits(await w.ask(`DELETE /api/relay/clients/${id}`, { credential: gateway.relaySecret }), {
      status: 404,
      body: { code: 'not_found' },
    });
  });
for (const [n, id] of ['%20', 'a%2Fb', 'x'.repeat(65), '%C3%A4'].entries())
  it(
    `odd-call-id-${n + 1}`,
    '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
    async (w) => {
      const { app } = await w.shared();
      fits(await w.look(app, id), {
        status: (status) => status === 400 || status === 404,
        headers: { 'content-type': /^application\/problem\+json/ },
      });
    },
  );

const codes = [
  'AT-0000-0000-000',
  'AT-0000-0000-00000',
  'AT',
  ' ',
  'AT-0000-0000-000U',
  'AT-0000-0000-000!',
  'АТ-0000-0000-0000',
  'AT-００００-0000-0000',
  'AT-0000-0000-000\u0000',
  'AT-0000-0000-0000\u202e',
  'x'.repeat(129),
  '0'.repeat(200_000),
];
for (const [n, accessCode] of codes.entries())
  it(`odd-code-${n + 1}`, 'A detail never repeats a submitted value.', async (w) => {
    const answer = await w.guess('POST /api/relay/redeem', { body: { accessCode } });
    fits(answer, { status: (status) => status === 400 || status === 404 });
    if (accessCode.trim().length > 2) holds(!answer.text.includes(accessCode), 'the answer repeats the code');
  });

it(
  'prototype',
  '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
  async (w) => {
    const answer = await w.enrol('POST /api/relay/register', { text: '{"__proto__":{"runtimeType":"x"}}' });
    fits(answer, { status: 400, body: { errors: [{ path: 'runtimeType' }] } });
  },
);
const bodies = [
  '[]',
  '7',
  '"text"',
  'null',
  '{"a":',
  '['.repeat(10_000) + ']'.repeat(10_000),
  '\u0000',
  '{} {}',
];
for (const [n, text] of bodies.entries())
  it(
    `odd-body-${n + 1}`,
    '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
    async (w) => {
      fits(await w.ask('POST /api/relay/redeem', { text }), {
        status: 400,
        body: { code: 'invalid_request', errors: (errors) => Array.isArray(errors) && errors.length > 0 },
      });
    },
  );

section('A call in detail');

for (const [n, word] of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].entries())
  it(`odd-names-${n + 1}`, '`params`: any JSON.', async (w) => {
    const { app } = await w.shared();
    const text = `{"gatewayId":"${app.gatewayId}","method":"${word.replace(/^_+|_+$/g, 'x')}","params":{"${word}":{"a":1}}}`;
    const { body } = await w.ask('POST /api/relay/rpc', { credential: app.clientToken, text });
    equal(JSON.stringify(body.result), `{"${word}":{"a":1}}`, 'the params that came back');
  });

section('WebSocket `/relay`');

it(
  'foreign-progress',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const [{ app, runtime }, stranger] = await Promise.all([w.household(silent), w.household(silent)]);
    const stream = await w.follow(app, { method: 'm' });
    const { id } = await runtime.command();
    stranger.runtime.step(id, 0, 'forged');
    await stranger.runtime.settled();
    runtime.step(id, 1, 'true');
    await stream.event('progress');
    runtime.reply(id, 1);
    await stream.last();
    equal(stream.seqs(), [1], 'the steps');
  },
);
it('unanswered-replies', 'the socket stays open |', async (w) => {
  const { runtime } = await w.household();
  for (const id of ['rpc_unknown', `rpc_${'A'.repeat(30)}`, '../../x', '']) runtime.reply(id, 1);
  await runtime.settled();
});
