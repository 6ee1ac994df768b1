/** What every problem has, and those that one request brings about. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds, type Pattern } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const errors = cases;
const wrongCode = { accessCode: 'AT-0000-0000-0000' };

section('Errors');

it(
  'problem',
  '`application/problem+json` (RFC 9457): `{ type: "urn:agenttown:error:<code>", title, status, code, detail, retryable, retry?, requestId, retryAfterMs?, limitBytes?, id?, outcome?, errors?: [{ path, message }] }`,',
  async (w) => {
    for (const [route, ask] of [
      ['GET /api/relay/status', {}],
      ['POST /api/relay/redeem', { body: {} }],
      ['GET /api/nothing', {}],
      ['PUT /health', {}],
    ] as const) {
      const { status, headers, body } = await w.ask(route, ask);
      fits(headers, { 'content-type': /^application\/problem\+json/ }, route);
      fits(
        body,
        {
          type: `urn:agenttown:error:${body.code}`,
          title: String,
          status,
          code: String,
          detail: String,
          retryable: false,
          requestId: headers['x-request-id'],
        } as Pattern,
        route,
      );
    }
  },
);
it('retry-after', 'with `Retry-After` in seconds beside `retryAfterMs`.', async (w) => {
  const { accessCode } = await w.register();
  const { body, headers } = await w.call(await w.redeem(accessCode), { method: 'echo', timeoutMs: 1_000 });
  fits(body, { retryAfterMs: Number });
  equal(headers['retry-after'], String(Math.ceil(body.retryAfterMs / 1_000)), 'Retry-After');
});
it('no-echo', 'A detail never repeats a submitted value.', async (w) => {
  const { app } = await w.shared();
  const canary = 'Canary-9f3';
  const asks = [
    w.call(app, { method: `${canary} <b>` }),
    w.call(app, { method: 'echo', id: `${canary} x` }),
    w.call(app, { method: 'echo', timeoutMs: canary }),
    w.ask('POST /api/relay/redeem', { body: { accessCode: `${canary}` } }),
    w.ask(`GET /api/relay/rpc/${canary}!`, { credential: app.clientToken }),
    w.ask('POST /api/relay/redeem', { text: `{"${canary}` }),
  ];
  for (const { text } of await Promise.all(asks))
    holds(!text.includes(canary), 'a problem repeats what was sent');
});
it(
  'call-in-problem',
  '`id` names the call and `outcome` how it ended, on the routes of calls.',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name('late');
    fits(await w.call(app, { method: 'quiet', id, timeoutMs: 1_000 }), {
      status: 504,
      body: { id, outcome: 'timed-out' },
    });
    fits(await w.look(app, id), { status: 504, body: { id, outcome: 'timed-out' } });
  },
);
it(
  'retry-word',
  'A problem that is `retryable` says how in `retry`: `same-id` (repeat it under the same id: the call joins, is given its answer, or, where its command certainly never left, is tried anew) or `new-id` (its command may have run: a repeat may run it twice, and the caller decides).',
  async (w) => {
    const { app } = await w.shared();
    const gone = await w.redeem((await w.register()).accessCode);
    const [late, off] = await Promise.all([
      w.call(app, { method: 'quiet', timeoutMs: 1_000 }),
      w.call(gone, { method: 'echo', timeoutMs: 1_000 }),
    ]);
    fits(late.body, { retryable: true, retry: 'new-id' });
    fits(off.body, { retryable: true, retry: 'same-id' });
    fits((await w.call(app, { method: 'relay.x' })).body, { retryable: false, retry: undefined });
  },
);

/** A row of the table of errors that a stranger or an App can bring about with one request. */
const rows: Array<[string, string, string, 'none' | 'client' | 'secret', object, number, string]> = [
  [
    'not-json',
    '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
    'POST /api/relay/redeem',
    'none',
    { text: '{"a":' },
    400,
    'invalid_request',
  ],
  [
    'schema',
    '| 400 | `invalid_request` | not JSON, or fails its schema; `errors` lists each path | no |',
    'POST /api/relay/rpc',
    'client',
    { body: {} },
    400,
    'invalid_request',
  ],
  [
    'unauthorized',
    '| 401 | `unauthorized` | credential missing, malformed, wrong, expired or revoked | no |',
    'GET /api/relay/clients',
    'none',
    {},
    401,
    'unauthorized',
  ],
  [
    'forbidden',
    '| 403 | `forbidden` | valid credential, not for this gateway or action | no |',
    'POST /api/relay/rpc',
    'client',
    { body: { gatewayId: 'gw_another', method: 'echo' } },
    403,
    'forbidden',
  ],
  [
    'code-not-found',
    '| 404 | `code_not_found` | redeem of an unknown, expired or used code | no |',
    'POST /api/relay/redeem',
    'none',
    { body: wrongCode },
    404,
    'code_not_found',
  ],
  [
    'not-found',
    '| 404 | `not_found` | anything else that is not there | no |',
    'GET /api/relay/rpc/never-was',
    'client',
    {},
    404,
    'not_found',
  ],
  [
    'unknown-path',
    '| 404 | `not_found` | anything else that is not there | no |',
    'GET /api/nothing/at/all',
    'client',
    {},
    404,
    'not_found',
  ],
  [
    'method',
    '| 405 | `method_not_allowed` | the path has other methods | no |',
    'GET /api/relay/redeem',
    'none',
    {},
    405,
    'method_not_allowed',
  ],
  [
    'media-type',
    '| 415 | `unsupported_media_type` | a content-encoded body | no |',
    'POST /api/relay/rpc',
    'client',
    { body: {}, headers: { 'content-encoding': 'br' } },
    415,
    'unsupported_media_type',
  ],
];
for (const [id, says, route, as, ask, status, code] of rows)
  it(`error-${id}`, says, async (w) => {
    const { app, gateway } = await w.shared();
    const credential = { none: undefined, client: app.clientToken, secret: gateway.relaySecret }[as];
    await w.server.sources.spend('failure');
    fits(await w.ask(route, { credential, ...ask }), { status, body: { status, code, retryable: false } });
  });

it('error-every-path', '`errors` lists each path', async (w) => {
  const { app } = await w.shared();
  const { body } = await w.call(app, { method: 'a b', id: 'c d', timeoutMs: 7 });
  equal(
    body.errors.map(({ path }: { path: string }) => path).sort(),
    ['id', 'method', 'timeoutMs'],
    'the paths',
  );
});
