/** Where the server is, what every HTTP answer has, and the routes that need nobody. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
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
  {
    unlessTried: ({ server }) => (server.hasPathForm ? undefined : 'the server names gateways in the query'),
  },
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
    // A page of its own: a server may keep out others, and one with open registration on one machine does.
    origin: new URL(w.server.url).origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  fits(await w.ask('OPTIONS /api/relay/rpc', { headers }), {
    status: 204,
    headers: { 'access-control-allow-origin': String, 'access-control-allow-headers': /authorization/i },
  });
});
