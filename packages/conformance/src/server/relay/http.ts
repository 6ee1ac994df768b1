/** What every HTTP answer and every problem has. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds, type Pattern } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const http = cases;
const wrongCode = { accessCode: 'AT-0000-0000-0000' };
const redeemWrongly = (w: ServerWorld, more: object = {}) =>
  w.guess('POST /api/relay/redeem', { body: wrongCode, ...more });

section('Places');

it(
  'url-is-complete',
  '`relayUrl` in an answer is complete: a runtime connects to it as it is and adds only its secret.',
  async (w) => {
    const gateway = await w.register();
    const runtime = await w.runtime(gateway);
    fits(await runtime.ask('relay.hello', {}), { result: { gatewayId: gateway.gatewayId } });
    const app = await w.redeem(gateway.accessCode);
    equal(app.relayUrl, gateway.relayUrl, "the App's relayUrl");
  },
);

it(
  'both-forms',
  'With it, and on one machine, which runs the stack with its edge on, both forms work.',
  async (w) => {
    const { gatewayId, relaySecret } = await w.register();
    const base = `${w.server.url.replace(/^http/, 'ws')}/relay`;
    for (const url of [`${base}/${gatewayId}`, `${base}?gatewayId=${gatewayId}`]) {
      const socket = await w.peer(url, { credential: relaySecret });
      fits(await socket.ask('relay.hello', {}), { result: { gatewayId } });
    }
  },
  { unlessTried: ({ server }) => (server.hasPathForm ? undefined : 'the server may have no edge') },
);

section('HTTP');

const anyRoutes: Array<[string, string]> = [
  ['GET /health', 'an answer'],
  ['GET /api/relay/status', 'a refusal'],
  ['GET /api/nothing', 'an unknown path'],
  ['DELETE /health', 'a wrong method'],
];
it('request-id', 'Every answer carries `x-request-id` and `cache-control: no-store`.', async (w) => {
  for (const [route, what] of anyRoutes) fits((await w.ask(route)).headers, { 'x-request-id': /./ }, what);
});
it('no-store', 'Every answer carries `x-request-id` and `cache-control: no-store`.', async (w) => {
  for (const [route, what] of anyRoutes)
    fits((await w.ask(route)).headers, { 'cache-control': 'no-store' }, what);
});
it('any-content-type', 'A body is parsed as JSON whatever its `content-type`;', async (w) => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])
    fits(await redeemWrongly(w, { headers: { 'content-type': type } }), {
      status: 404,
      body: { code: 'code_not_found' },
    });
});
it('absent-body', 'an absent body reads as `{}`;', async (w) => {
  const { relaySecret } = await w.register();
  fits(await w.ask('POST /api/relay/codes', { credential: relaySecret }), { status: 201 });
  fits(await w.ask('POST /api/relay/redeem'), { status: 400, body: { errors: [{ path: 'accessCode' }] } });
});
it('nesting', 'nesting deeper than 256 levels and a `content-encoding` are refused.', async (w) => {
  const nested = (levels: number) =>
    `{"accessCode":"AT-0000-0000-0000","more":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  fits(await w.guess('POST /api/relay/redeem', { text: nested(250) }), { status: 404 });
  fits(await w.ask('POST /api/relay/redeem', { text: nested(257) }), {
    status: 400,
    body: { code: 'invalid_request', errors: [{ path: '' }] },
  });
});
it('content-encoding', 'nesting deeper than 256 levels and a `content-encoding` are refused.', async (w) => {
  fits(await w.ask('POST /api/relay/redeem', { body: wrongCode, headers: { 'content-encoding': 'gzip' } }), {
    status: 415,
    body: { code: 'unsupported_media_type' },
  });
});

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

section('Routes');

it(
  'front-page',
  '| `GET /` | none | | 200 a page, or `{ service, version, links }` where HTML is not accepted |',
  async (w) => {
    const page = await w.ask('GET /', { headers: { accept: 'text/html' } });
    fits(page, { status: 200, headers: { 'content-type': /^text\/html/ } });
    fits(await w.ask('GET /', { headers: { accept: 'application/json' } }), {
      status: 200,
      body: {
        service: 'agenttown-pairing-server',
        version: String,
        links: (links) => typeof links === 'object',
      },
    });
  },
);
it(
  'documents',
  '| `GET /openapi.json`, `GET /asyncapi.json` | none | | 200 the description of the HTTP side, and of the relay socket |',
  async (w) => {
    fits(await w.ask('GET /openapi.json'), { status: 200, body: { openapi: /^3\.1/, paths: Object } });
    fits(await w.ask('GET /asyncapi.json'), { status: 200, body: { asyncapi: /^3\./, channels: Object } });
  },
);
it('health', '| `GET /health` | none | | 200 `{ ok, service, version, time }` |', async (w) => {
  const { body } = await w.ask('GET /health');
  fits(body, { ok: true, service: 'agenttown-pairing-server', version: String, time: String });
  holds(Math.abs(Date.parse(body.time) - Date.now()) < 300_000, "the server's clock is minutes away");
});
section('HTTP');
it('browsers', 'Every answer carries `x-request-id` and `cache-control: no-store`.', async (w) => {
  const headers = {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  fits(await w.ask('OPTIONS /api/relay/rpc', { headers }), { status: 204 });
});

section('Errors');

it(
  'error-descriptor',
  '| 400 | `descriptor_rejected` | a descriptor of another type, or holding a secret or the code | no |',
  async (w) => {
    const code = `AT-${w
      .name('E')
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .padEnd(12, '7')
      .slice(0, 12)}`;
    fits(await w.leave(code, { type: 'another.v1' }), {
      status: 400,
      body: { code: 'descriptor_rejected', retryable: false },
    });
    const type = 'agenttown.runtime_pairing.v1';
    fits(await w.leave(code, { type, note: code }), { status: 400, body: { code: 'descriptor_rejected' } });
  },
);
it(
  'error-conflict',
  '| 409 | `idempotency_conflict` | same `id`, different method or params | no |',
  async (w) => {
    const { app } = await w.shared();
    const id = w.name();
    await w.call(app, { method: 'echo', params: 1, id });
    fits(await w.call(app, { method: 'echo', params: 2, id }), {
      status: 409,
      body: { code: 'idempotency_conflict', retryable: false },
    });
  },
);
it(
  'error-too-large',
  '| 413 | `payload_too_large` | over a limit; `limitBytes` names it | no |',
  async (w) => {
    const text = JSON.stringify({ accessCode: 'x'.repeat(1_048_576) });
    fits(await w.ask('POST /api/relay/redeem', { text }), {
      status: 413,
      body: { code: 'payload_too_large', limitBytes: 1_048_576, retryable: false },
    });
  },
);
it(
  'error-disconnected',
  '| 502 | `runtime_disconnected` | the runtime left during the call and stayed away | `new-id` |',
  async (w) => {
    const { app } = await w.household((_, peer) => void peer.socket.terminate());
    fits(await w.call(app, { method: 'm', timeoutMs: 1_000 }), {
      status: 502,
      body: { code: 'runtime_disconnected', retryable: true, retry: 'new-id' },
    });
  },
);
it(
  'error-offline',
  '| 503 | `runtime_offline` | no runtime took the call within the grace | `same-id`; `new-id` where its command was posted |',
  async (w) => {
    const app = await w.redeem((await w.register()).accessCode);
    fits(await w.call(app, { method: 'm', timeoutMs: 1_000 }), {
      status: 503,
      body: { code: 'runtime_offline', retryable: true, retry: 'same-id' },
    });
  },
);
it(
  'error-timeout',
  '| 504 | `rpc_timeout` | the runtime got the command and did not answer in time | `new-id` |',
  async (w) => {
    const { app } = await w.shared();
    fits(await w.call(app, { method: 'quiet', timeoutMs: 1_000 }), {
      status: 504,
      body: { code: 'rpc_timeout', retryable: true, retry: 'new-id' },
    });
  },
);
