/**
 * What can be wrong with a runtime: each fault is one thing, put between the library and its network or its times.
 *
 * | member | changes |
 * |---|---|
 * | `up`, `down` | a frame that leaves or comes: gives those that go on in its place |
 * | `fetch` | a request: gets the URL, its options and what sends it |
 * | `opens`, `socketUrl` | whether a socket opens (told which one it is), and where it goes |
 * | `atOnce` | how many sockets open in place of the first |
 * | `onRefused` | what is done when a handshake is refused |
 * | `times`, `registering`, `registersTwice` | the library's times; options of `register`; whether it does so twice |
 */
const isStep = ({ method }) => method === 'relay.progress';
const isReply = ({ method, ...frame }) => method === undefined && ('result' in frame || 'error' in frame);
const changed = (isIt, change) => (frame) => [isIt(frame) ? { ...frame, ...change(frame) } : frame];
const without = (isIt) => (frame) => (isIt(frame) ? [] : [frame]);
const is =
  (name) =>
  ({ method }) =>
    method === name;
const pathOf = (url) => new URL(url).pathname;
const isPost = (url) => pathOf(url).startsWith('/api/relay/replies/');
const json = (status, body) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const shifted = (by) => changed(isStep, ({ params }) => ({ params: { ...params, seq: params.seq + by } }));

export const runtimeFaults = {
  'replies of another result': {
    up: changed(
      (frame) => 'result' in frame && isReply(frame),
      () => ({ result: 'another' }),
    ),
    fetch: (url, init, send) =>
      isPost(url)
        ? send(url, { ...init, body: JSON.stringify({ jsonrpc: '2.0', result: 'another' }) })
        : send(url, init),
  },
  'replies under another id': { up: changed(isReply, () => ({ id: 'another' })) },
  'errors with a result': {
    up: changed(
      (frame) => isReply(frame) && frame.error,
      () => ({ result: null }),
    ),
  },
  'errors without a code': {
    up: changed(
      ({ error }) => error,
      () => ({ error: { message: 'no' } }),
    ),
  },
  'frames that are binary': { isBinary: true },
  'one after the other': {
    down: (frame, { state }) => {
      state.turns ??= [];
      if (frame.type === 'req') state.turns.push(frame.id);
      return [frame];
    },
    up: (frame, { state }) => {
      if (!isReply(frame)) return [frame];
      state.done = { ...state.done, [frame.id]: frame };
      const sent = [];
      while (state.done[state.turns[0]]) sent.push(state.done[state.turns.shift()]);
      return sent;
    },
  },
  'steps that begin at one': { up: shifted(1) },
  'steps that come twice': { up: (frame) => (isStep(frame) ? [frame, frame] : [frame]) },
  'steps after the reply': {
    up: (frame, { raw }) => {
      if (!isStep(frame)) return [frame];
      // Later than any call of the kit that tells a step ends.
      setTimeout(() => raw(frame), 2_000);
      return [];
    },
  },
  'steps counted over all calls': {
    up: (frame, { state }) => {
      if (!isStep(frame)) return [frame];
      state.seq = (state.seq ?? -1) + 1;
      return [{ ...frame, params: { ...frame.params, seq: state.seq } }];
    },
  },
  'deaf for cancel': { down: without(({ event }) => event === 'relay.cancel') },
  'dead of a cancel for nobody': {
    down: (frame, { die }) => {
      if (frame.event === 'relay.cancel') die();
      return [frame];
    },
  },
  'dead of what is new': {
    down: (frame, { die }) => {
      if (frame.event === 'relay.something-new' || 'somethingNew' in frame) die();
      return [frame];
    },
  },
  'commands that are run again': {
    down: (frame, { run, state }) => {
      state.seen ??= new Set();
      if (frame.type !== 'req') return [frame];
      if (state.seen.has(frame.id)) run(frame);
      state.seen.add(frame.id);
      return [frame];
    },
  },
  'what is held is run again': {
    down: (frame, { run, state }) => {
      if (state.opened > 1) for (const command of frame.result?.calls ?? []) run(command);
      return [frame];
    },
  },
  // What is large.
  'large replies without a bearer': {
    fetch: (url, { headers, ...init }, send) => send(url, isPost(url) ? init : { ...init, headers }),
  },
  'large replies that are told once': {
    fetch: async (url, init, send) => {
      const response = await send(url, init);
      return isPost(url) ? json(202, { outcome: 'accepted' }) : response;
    },
  },
  'params that are not fetched': {
    fetch: (url, init, send) => (url.endsWith('/params') ? json(200, null) : send(url, init)),
  },
  'params that are cut': {
    down: changed(
      ({ type, params }) => type === 'req' && typeof params === 'string',
      ({ params }) => ({ params: params.slice(0, 3) }),
    ),
  },
  'features that are no list': { up: changed(is('relay.hello'), () => ({ params: {} })) },
  // How it comes.
  'a registration without a bearer': {
    fetch: (url, { headers, ...init }, send) =>
      send(url, { ...init, headers: { ...headers, authorization: '' } }),
  },
  'a registration of no type': {
    fetch: (url, init, send) =>
      send(
        url,
        url.endsWith('/register')
          ? { ...init, body: JSON.stringify({ ...JSON.parse(init.body), runtimeType: '' }) }
          : init,
      ),
  },
  'a new identity at each start': { registering: { store: undefined } },
  'two identities': { registersTwice: true },
  'the secret in a frame': {
    up: (frame, { state }) => [
      frame.method === 'relay.hello'
        ? { ...frame, params: { ...frame.params, secret: state.identity.relaySecret } }
        : frame,
    ],
  },
  'another address': { socketUrl: (url) => url.replace(/\/relay\/[^?]*/, '/relay') },
  'hello that is said twice': {
    up: (frame) => (frame.method === 'relay.hello' ? [frame, { ...frame, id: 'again' }] : [frame]),
  },
  'never asks what it owes': { up: without(is('relay.pending')) },
  'asks once what it owes': {
    up: (frame, { state }) => {
      if (frame.method !== 'relay.pending') return [frame];
      state.asked = (state.asked ?? 0) + 1;
      return state.asked > 1 ? [] : [frame];
    },
  },
  'what is owed is not done': {
    down: changed(
      ({ result }) => result?.calls,
      () => ({ result: { calls: [] } }),
    ),
  },
  // Its connection.
  'a portal’s word is believed': { onRefused: ({ anew }) => void anew().catch(() => {}) },
  'gives up at once': { opens: (n) => n === 0 },
  'no patience': { atOnce: 4 },
  'nothing is done about a lost identity': {
    fetch: (url, init, send) => (url.endsWith('/status') ? json(200, {}) : send(url, init)),
    times: { minBackoffMs: 50, maxBackoffMs: 50 },
  },
  'deaf for the word at the end': {
    down: without(({ event }) => event === 'relay.closing'),
    times: { minBackoffMs: 50, maxBackoffMs: 50 },
  },
  'the old socket is closed first': {
    down: (frame, { close, state }) => {
      if (state.opened === 1 && frame.result?.reconnectAfterMs < 10_000) setTimeout(close, 500);
      return [frame];
    },
  },
  'calls that end with their socket': {
    up: (frame, { state }) => (isReply(frame) && state.opened > 1 ? [] : [frame]),
  },
  'no sign of life': { up: without(is('relay.ping')) },
};
