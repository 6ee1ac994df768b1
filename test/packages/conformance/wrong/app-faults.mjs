/**
 * What can be wrong with an App: each fault is one thing, put between the library and its network, its clock, its store or its driver.
 *
 * | member | changes |
 * |---|---|
 * | `up`, `down` | a frame that leaves or comes: gives those that go on in its place |
 * | `fetch` | a request: gets the URL, its options and what sends it |
 * | `socketUrl`, `onSocket` | where a socket goes; told of each before it opens |
 * | `asked`, `said` | a line to the driver or from it: gives those in its place |
 * | `times`, `begin` | the library's times; what is done at the start |
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync } from 'node:fs';

const isCall = (frame) => typeof frame.method === 'string' && !frame.method.startsWith('relay.');
const isEvent = (name) => (frame) => frame.event === name;
const without = (isIt) => (frame) => (isIt(frame) ? [] : [frame]);
const isRpc = (url) => /\/api\/relay\/rpc(\/[^/]+)?$/.test(url);
const bodyOf = (init) => (typeof init.body === 'string' ? JSON.parse(init.body) : undefined);
const withBody = (init, change) => {
  const body = bodyOf(init);
  return body ? { ...init, body: JSON.stringify(change(body)) } : init;
};
const json = (status, body) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const problem = (status, code) =>
  json(status, { type: `urn:agenttown:error:${code}`, title: 'No', status, code, retryable: false });
const isPage = (response) => response.headers.get('content-type')?.includes('html');
/** Changes a problem on its way in, by either way. */
const changedProblem = (change) => ({
  fetch: async (url, init, send) => {
    const response = await send(url, init);
    if (!response.headers.get('content-type')?.includes('problem')) return response;
    return json(response.status, change(await response.json()));
  },
  down: (frame) => [
    frame.error?.data?.type ? { ...frame, error: { ...frame.error, data: change(frame.error.data) } } : frame,
  ],
});
const told = (change) => ({ said: (said) => [change(said)] });
const onError = (change) => told((said) => (said.error ? { ...said, error: change(said.error) } : said));

export const appFaults = {
  // What it tells its caller.
  'results of another call': told((said) => ('result' in said ? { ...said, result: { other: true } } : said)),
  'errors without a code': onError(({ code, ...error }) => error),
  'errors without their data': onError(({ data, ...error }) => error),
  'errors without a way to repeat': onError(({ retry, ...error }) => error),
  'errors without a time or a limit': onError(({ retryAfterMs, limitBytes, ...error }) => error),
  'errors told as results': { said: (said) => [said.error ? { n: said.n, result: null } : said] },
  'steps told twice': { said: (said) => ('step' in said ? [said, said] : [said]) },
  'steps that are lost': { said: (said) => ('step' in said ? [] : [said]) },
  'a dead token is not told': { said: (said) => (said.event === 'unauthorized' ? [] : [said]) },
  'presence is not told': { said: (said) => (said.event === 'presence' ? [] : [said]) },
  // Ids and repeats.
  'a new id at each try': {
    up: (frame) => [isCall(frame) ? { ...frame, meta: { ...frame.meta, id: randomUUID() } } : frame],
    fetch: (url, init, send) =>
      send(url, url.endsWith('/rpc') ? withBody(init, (body) => ({ ...body, id: randomUUID() })) : init),
  },
  'no ids': {
    up: (frame) => [isCall(frame) ? { ...frame, meta: { ...frame.meta, id: undefined } } : frame],
    fetch: (url, init, send) =>
      send(
        url,
        withBody(init, ({ id, ...body }) => body),
      ),
  },
  'what may have run is run again': {
    down: (frame, { sendUp }) => {
      if (frame.error?.data?.retry === 'new-id')
        sendUp({ jsonrpc: '2.0', id: randomUUID(), method: 'wait', meta: { id: randomUUID() } });
      return [frame];
    },
    fetch: async (url, init, send) => {
      const response = await send(url, init);
      const [copy, rest] = [response.clone(), response];
      void copy.text().then((text) => {
        if (text.includes('"retry":"new-id"'))
          void send(
            url,
            withBody(init, (body) => ({ ...body, id: randomUUID() })),
          ).catch(() => {});
      });
      return rest;
    },
  },
  'what is final is tried again': {
    fetch: async (url, init, send) => {
      const response = await send(url, init);
      return response.status >= 400 && response.status !== 500 ? send(url, init) : response;
    },
  },
  'nothing is tried again': {
    down: (frame) => [
      frame.error?.data?.type
        ? { ...frame, error: { ...frame.error, data: { ...frame.error.data, retryable: false } } }
        : frame,
    ],
    fetch: async (url, init, send) => {
      const response = await send(url, init).catch(() => problem(400, 'invalid_request'));
      const isTrouble = [429, 500, 202].includes(response.status) && isRpc(url);
      return isTrouble || isPage(response) ? problem(400, 'invalid_request') : response;
    },
  },
  'repeats without a pause': {
    fetch: async (url, init, send) => {
      let response = await send(url, init);
      for (let n = 0; n < 30 && response.status === 500; n++) response = await send(url, init);
      return response;
    },
  },
  'the time to wait is not heeded': changedProblem(({ retryAfterMs, ...rest }) => rest),
  'a repeat of other params': {
    fetch: (url, init, send, state) => {
      if (!url.endsWith('/rpc')) return send(url, init);
      state.tries = (state.tries ?? -1) + 1;
      if (state.tries === 0) return send(url, init);
      const again = (body) => ({ ...body, params: { ...Object(body.params), try: state.tries } });
      return send(url, withBody(init, again));
    },
  },
  'a problem is a fault of the server': changedProblem((body) => ({ ...body, code: 'internal_error' })),
  // Credentials.
  'tokens in addresses': {
    fetch: (url, init, send) => {
      const token = new Headers(init.headers).get('authorization')?.slice(7);
      return send(token ? `${url}?token=${token}` : url, init);
    },
    socketUrl: (url, token) => (token ? `${url}?token=${token}` : url),
  },
  'bearers of another kind': {
    fetch: (url, init, send) => {
      const { authorization, ...headers } = init.headers;
      return send(url, {
        ...init,
        headers: authorization ? { ...headers, 'x-token': authorization } : headers,
      });
    },
  },
  'a token in a browser’s address': {
    fetch: (url, init, send, state) => {
      state.token = new Headers(init.headers).get('authorization')?.slice(7);
      return send(url, init);
    },
    socketUrl: (url, _, state) => (url.includes('ticket') ? `${url}&token=${state.token}` : url),
  },
  'a ticket that is used again': {
    fetch: async (url, init, send, state) => {
      if (!url.endsWith('/tickets')) return send(url, init);
      state.ticket ??= await (await send(url, init)).json();
      return json(201, state.ticket);
    },
  },
  'a bearer at the redeem': {
    fetch: (url, init, send) =>
      send(
        url,
        url.endsWith('/redeem') ? { ...init, headers: { ...init.headers, authorization: 'Bearer x' } } : init,
      ),
  },
  'a code that is redeemed twice': {
    fetch: async (url, init, send) => {
      const response = await send(url, init);
      if (url.endsWith('/redeem')) await send(url, init).catch(() => {});
      return response;
    },
  },
  'a redeem that is made up': {
    fetch: (url, init, send) =>
      send(url, init).catch((error) => {
        if (!url.endsWith('/redeem')) throw error;
        return json(200, {
          gatewayId: 'gw',
          clientId: 'cl',
          clientToken: 'atc_x',
          relayUrl: 'ws://127.0.0.1:9',
        });
      }),
  },
  'a portal that is believed': {
    fetch: async (url, init, send) => {
      const response = await send(url, init);
      if (!isPage(response)) return response;
      if (response.status !== 200) return problem(401, 'unauthorized');
      const token = { gatewayId: 'gw', clientId: 'cl', clientToken: 'atc_x', relayUrl: 'ws://127.0.0.1:9' };
      return json(200, { ok: true, result: null, ...token });
    },
  },
  'nobody is unpaired': {
    fetch: (url, init, send) =>
      init.method === 'DELETE' ? new Response(null, { status: 204 }) : send(url, init),
  },
  'the status is made up': {
    fetch: (url, init, send) => (url.endsWith('/status') ? json(200, { connected: false }) : send(url, init)),
  },
  'all is kept': {
    asked: (asked, { file }) => {
      appendFileSync(file.replace('.json', '.log'), JSON.stringify(asked));
      return asked;
    },
  },
  'all can read it': {
    said: (said, { file }) => {
      try {
        chmodSync(file, 0o644);
      } catch {}
      return [said];
    },
  },
  'nothing is kept': { asked: (asked) => (asked.do === 'open' ? { ...asked, do: 'status' } : asked) },
  // Calls.
  'cancelling nobody': {
    fetch: (url, init, send) => (url.endsWith('/cancel') ? json(202, {}) : send(url, init)),
    up: without(({ method }) => method === 'relay.cancel'),
  },
  'no time limit': {
    up: (frame) => [isCall(frame) ? { ...frame, meta: { ...frame.meta, timeoutMs: undefined } } : frame],
    fetch: (url, init, send) =>
      send(
        url,
        withBody(init, ({ timeoutMs, ...body }) => body),
      ),
  },
  'params that are cut': {
    asked: ({ params, ...asked }) =>
      params === undefined
        ? asked
        : { ...asked, params: typeof params === 'string' ? params.slice(0, 4) : params },
  },
  'no way by HTTP': {
    fetch: (url, init, send) => (isRpc(url) ? problem(404, 'not_found') : send(url, init)),
  },
  'calls that name no gateway': {
    fetch: (url, init, send) =>
      send(
        url,
        withBody(init, ({ gatewayId, ...body }) => body),
      ),
  },
  // Streams.
  'streams read plainly': {
    fetch: (url, init, send) => {
      const { accept, ...headers } = init.headers ?? {};
      return send(url, { ...init, headers });
    },
  },
  'gone on with from the beginning': {
    up: (frame) => [
      frame.method === 'relay.resume'
        ? { ...frame, params: { calls: frame.params.calls.map(({ id }) => ({ id })) } }
        : frame,
    ],
    fetch: (url, init, send) => {
      const { 'last-event-id': _, ...headers } = init.headers ?? {};
      return send(url, { ...init, headers });
    },
  },
  'gone on with as if it ran': {
    down: (frame) => [
      frame.result?.calls
        ? { ...frame, result: { calls: frame.result.calls.map(({ id }) => ({ id, status: 'running' })) } }
        : frame,
    ],
  },
  'never gone on with': {
    up: without(({ method }) => method === 'relay.resume'),
    fetch: (url, init, send) =>
      /\/rpc\/[^/]+$/.test(url) ? new Promise((_, reject) => setTimeout(reject, 60_000)) : send(url, init),
  },
  'what is repeated is told': {
    down: (frame, { state }) => {
      if (!isEvent('relay.progress')(frame)) return [frame];
      state.seq = (state.seq ?? 0) + 1;
      return [{ ...frame, params: { ...frame.params, seq: 10 * state.seq } }];
    },
  },
  // The socket.
  'frames that are binary': { isBinary: true },
  'frames of another kind': { up: ({ jsonrpc, ...frame }) => [frame] },
  'no hello': { up: without(({ method }) => method === 'relay.hello') },
  'no sign of life': { up: without(({ method }) => method === 'relay.ping') },
  'no patience': { times: { minBackoffMs: 1, maxBackoffMs: 1 } },
  'no jitter': {
    begin: () => {
      Math.random = () => 0.5;
    },
  },
  'endless patience': { times: { patienceMs: 600_000 } },
  'the old socket is closed first': { closesFirst: true },
  'never renewed': { times: { reconnectAfterMs: 1e9 } },
  'a socket for each call': { opensMore: true },
  'another address': { socketUrl: (url) => `${url}?more=1` },
  'deaf for the word at the end': { down: without(isEvent('relay.closing')) },
  'back with a dead token': {
    down: without(isEvent('relay.closing')),
    fetch: (url, init, send) => (url.endsWith('/status') ? json(200, { connected: true }) : send(url, init)),
  },
  'gone after a loss': { opensOnce: true },
  'broken by what is new': {
    down: (frame, { close }) => {
      if (frame.event === 'relay.something-new') close();
      return [frame];
    },
  },
  'dead of a second answer': {
    down: (frame, { state, die }) => {
      state.answered ??= new Set();
      if (frame.type === 'res' && frame.meta && state.answered.has(frame.id)) die();
      state.answered.add(frame.id);
      return [frame];
    },
  },
  'answers given to the next': {
    down: (frame, { state }) => {
      if (frame.type !== 'res' || !frame.meta) return [frame];
      const { held } = state;
      state.held = undefined;
      if (held)
        return [
          { ...held, id: frame.id },
          { ...frame, id: held.id },
        ];
      state.held = frame;
      return [];
    },
  },
};
