/**
 * What can be wrong with a server: each fault is one thing, done by a proxy before an honest one.
 *
 * | member | changes |
 * |---|---|
 * | `ask` | a request on its way; what it returns is the answer, and the server hears nothing |
 * | `answer` | status, headers and body of what came back; `asked` is the request |
 * | `event` | an event of a stream: gives those in its place |
 * | `up`, `down` | a frame to the server or from it: gives those in its place; `role` says whose socket it is |
 * | `handshake`, `refused` | the address of a handshake; the status that refuses one |
 * | `bearer` | the credential of a request or a handshake |
 * | `staysOpen` | the server's closing is not passed on |
 */
const isRefusal = ({ status }) => status >= 400;
const onProblem = (change) => ({ answer: (answer) => isRefusal(answer) && answer.body && change(answer) });
const onBody = (change) => ({ answer: (answer) => answer.body && change(answer.body, answer) });
const without = (isIt) => (frame) => (isIt(frame) ? [] : [frame]);
const isReq = ({ type }) => type === 'req';
const isRes = ({ type }) => type === 'res';
const event = (name) => (frame) => frame.event === name;
const changed = (isIt, change) => (frame) => [isIt(frame) ? { ...frame, ...change(frame) } : frame];
const told = (status, body = {}) => ({ status, headers: { 'content-type': 'application/json' }, body });
const later = (time) => time && new Date(Date.parse(time) + 86_400_000).toISOString();
const isStep = ({ event: name }) => name === 'progress';

export const serverFaults = {
  // To see that whoever stands before the server is in nobody's way.
  'no fault': {},
  // Headers and bodies of every answer.
  'answers without ids': { answer: ({ headers }) => delete headers['x-request-id'] },
  'answers that caches keep': {
    answer: ({ headers }) => Object.assign(headers, { 'cache-control': 'max-age=60' }),
  },
  'nothing for browsers': {
    answer: ({ headers }) => {
      for (const name of Object.keys(headers)) if (name.startsWith('access-control')) delete headers[name];
    },
  },
  'health of something else': onBody((body) => body.service && Object.assign(body, { service: 'other' })),
  'documents of nothing': onBody((body) => {
    delete body.openapi;
    delete body.asyncapi;
  }),
  'no word of the outcome': {
    answer: ({ headers, body }) => {
      delete headers['x-call-outcome'];
      if (body) delete body.outcome;
    },
    down: changed(isRes, ({ meta }) => ({ meta: { ...meta, outcome: undefined } })),
  },
  'problems without a retry': onProblem(({ body }) => delete body.retry),
  'problems without a limit': onProblem(({ body }) => delete body.limitBytes),
  'problems without paths': onProblem(({ body }) => delete body.errors),
  'problems without a time': onProblem(({ body, headers }) => {
    delete body.retryAfterMs;
    delete headers['retry-after'];
  }),
  'problems of another type': onProblem(({ headers }) =>
    Object.assign(headers, { 'content-type': 'text/plain' }),
  ),
  'problems without a call': onProblem(({ body }) => delete body.id),
  'problems that repeat what was sent': onProblem(({ body, asked }) =>
    Object.assign(body, { detail: `${asked.text} ${asked.headers.authorization} ${asked.path}` }),
  ),
  'refusals that tell tokens apart': onProblem(({ body }) =>
    Object.assign(body, { detail: `No: ${Math.random()}` }),
  ),
  // Credentials and codes.
  'codes in small letters': onBody(
    (body) => body.accessCode && Object.assign(body, { accessCode: body.accessCode.toLowerCase() }),
  ),
  'tokens of another shape': {
    ...onBody((body) => {
      for (const name of ['relaySecret', 'clientToken']) if (body[name]) body[name] = `x${body[name]}`;
    }),
    bearer: (credential) => credential.replace(/^x/, ''),
  },
  'tickets of another shape': onBody((body) => {
    if (body.ticket) Object.assign(body, { ticket: 'x', url: body.url.replace(body.ticket, 'x') });
  }),
  'what lives for a day': onBody((body) => {
    for (const name of ['accessCodeExpiresAt', 'expiresAt']) if (body[name]) body[name] = later(body[name]);
  }),
  'secrets in addresses are not read': { handshake: (url) => url.replace(/[?&]secret=[^&]*/, '') },
  'a gateway in the query is taken for another': {
    handshake: (url) => url.replace(/\?gatewayId=.*/, '?gatewayId=gw_another'),
  },
  'codes that are read as they are': {
    ask: ({ path, text }) =>
      path.endsWith('/redeem') &&
      !/"AT(-[0-9A-HJKMNP-TV-Z]{4}){3}"/.test(text) &&
      told(404, { code: 'code_not_found' }),
  },
  'codes that work twice': {
    answer: (answer, { kept }) => {
      if (!answer.asked.path.endsWith('/redeem')) return;
      if (answer.status === 200) kept.redeem = answer.body;
      else if (answer.body?.code === 'code_not_found' && kept.redeem)
        Object.assign(answer, told(200, kept.redeem));
    },
  },
  'a source without a pause': {
    answer: (answer) => answer.status === 429 && Object.assign(answer, told(404, { code: 'code_not_found' })),
  },
  // What is said to be done and is not.
  'a removal that is only told': { ask: ({ method }) => method === 'DELETE' && told(204, undefined) },
  'a rotation that is only told': {
    ask: ({ path, method }) =>
      method === 'POST' &&
      path === '/api/relay/secret' &&
      told(200, { gatewayId: 'gw_x', relaySecret: 'ats_made-up' }),
  },
  'a cancel that is only told': {
    ask: ({ path }) =>
      path.endsWith('/cancel') && told(202, { id: path.split('/')[4], outcome: 'cancelled' }),
  },
  'a reply that is only taken': {
    ask: ({ path, method }) =>
      method === 'POST' && path.startsWith('/api/relay/replies/') && told(202, { outcome: 'accepted' }),
  },
  'a descriptor that is never given': {
    ask: ({ path }) => path === '/api/runtime-pairings/redeem' && told(404, { code: 'code_not_found' }),
  },
  // What is asked.
  'ids that are not read': {
    ask: (asked) => {
      delete asked.headers['idempotency-key'];
      if (asked.path === '/api/relay/rpc') asked.change(({ id, ...body }) => body);
    },
    up: changed(
      ({ meta }) => meta?.id,
      ({ meta }) => ({ meta: { ...meta, id: undefined } }),
    ),
  },
  'times that are not read': {
    ask: (asked) => asked.path === '/api/relay/rpc' && asked.change(({ timeoutMs, ...body }) => body),
    up: changed(
      ({ meta }) => meta?.timeoutMs,
      ({ meta }) => ({ meta: { ...meta, timeoutMs: undefined } }),
    ),
  },
  'params that are not read': {
    ask: (asked) => asked.path === '/api/relay/rpc' && asked.change(({ params, ...body }) => body),
    up: changed(
      ({ method, params }) => params && !method?.startsWith('relay.'),
      () => ({ params: undefined }),
    ),
  },
  'traces that are not passed on': {
    ask: ({ headers }) => void delete headers.traceparent,
    down: changed(isReq, ({ meta }) => ({ meta: { ...meta, traceparent: undefined } })),
  },
  'streams from the beginning': {
    ask: (asked) => {
      delete asked.headers['last-event-id'];
      asked.path = asked.path.replace(/\?after=.*/, '');
    },
    up: changed(
      ({ method }) => method === 'relay.resume',
      () => ({ params: {} }),
    ),
  },
  'plain answers for streams': {
    ask: ({ method, headers }) => void (method === 'GET' && delete headers.accept),
  },
  'members that are new': {
    ask: ({ text }) => text.includes('somethingNew') && told(400, { code: 'invalid_request' }),
  },
  // Answers of routes.
  'results that are lost': {
    answer: ({ body }) => body && 'result' in body && Object.assign(body, { result: 'another' }),
    down: changed(
      (frame) => isRes(frame) && frame.meta && 'result' in frame,
      () => ({ result: 'another' }),
    ),
  },
  'errors of runtimes that are lost': {
    answer: ({ body }) =>
      body?.ok === false && Object.assign(body, { error: { code: 'other', message: 'x' } }),
    down: changed(
      (frame) => isRes(frame) && frame.meta && frame.error,
      () => ({ error: { code: 'other' } }),
    ),
  },
  'answers under another id': {
    answer: ({ body }) => body?.id && Object.assign(body, { id: 'another' }),
    down: changed(
      (frame) => isRes(frame) && frame.meta,
      ({ meta }) => ({ meta: { ...meta, id: 'another' } }),
    ),
  },
  'calls that never pend': {
    answer: (answer) =>
      answer.body?.status === 'pending' && Object.assign(answer, told(200, { ok: true, result: 1 })),
  },
  'a runtime that is never there': onBody(
    (body) => 'connected' in body && Object.assign(body, { connected: false }),
  ),
  'a runtime without details': onBody((body) => {
    for (const name of ['runtimeType', 'displayName', 'capabilities', 'limits']) delete body[name];
  }),
  'clients that are not listed': onBody((body) => body.clients && Object.assign(body, { clients: [] })),
  'descriptors of another': onBody(
    (body) => body.descriptor && Object.assign(body, { descriptor: { type: 'x' } }),
  ),
  'descriptors without a check': {
    answer: (answer) =>
      answer.body?.code === 'descriptor_rejected' && Object.assign(answer, told(201, { ok: true })),
  },
  'history of nothing': onBody(
    (body) => body.events && Object.assign(body, { events: [], nextBefore: undefined }),
  ),
  'history that tells secrets': onBody((body, { asked }) =>
    body.events?.forEach((each) => {
      each.note = asked.lastBearers;
    }),
  ),
  'watchers without a limit': {
    ask: ({ path }) => path === '/api/monitor/stream' && told(200),
  },
  'anybody may watch': {
    answer: (answer) =>
      isRefusal(answer) &&
      answer.asked.path.startsWith('/api/monitor') &&
      Object.assign(answer, told(200, { events: [] })),
  },
  'created is told as done': {
    answer: (answer) =>
      [201, 202, 204].includes(answer.status) &&
      answer.asked.path !== '/api/relay/register' &&
      Object.assign(answer, { status: 200 }),
  },
  'done is told as created': {
    answer: (answer) =>
      answer.status === 200 &&
      !answer.isStream &&
      answer.asked.path !== '/api/relay/redeem' &&
      Object.assign(answer, { status: 201 }),
  },
  // Streams.
  'streams without comments': { event: without(({ event: name }) => name === 'comment') },
  'streams without a beginning': { event: without(({ event: name }) => name === 'accepted') },
  'streams that lose steps': { event: without(isStep) },
  'streams that tell steps twice': { event: (each) => (isStep(each) ? [each, each] : [each]) },
  'streams that begin with a step': {
    event: (each) =>
      each.event === 'accepted' ? [each, { event: 'progress', id: '0', data: '{"seq":0}' }] : [each],
  },
  'streams in another order': {
    event: (each, { kept }) => {
      if (!isStep(each)) return kept.step ? [each] : [each];
      const { step } = kept;
      kept.step = step ? undefined : each;
      return step ? [each, step] : [];
    },
  },
  'streams that tell nothing of the monitor': { event: without(({ event: name }) => name === 'message') },
  'streams without an error at the end': { event: without(({ event: name }) => name === 'error') },
  // Sockets.
  'closes without a word': { down: without(event('relay.closing')) },
  'sockets that stay open': { staysOpen: true },
  'steps that are missing are waited for': { up: without(({ meta }) => meta?.steps === 4_000) },
  'sockets that end at an odd reply': {
    up: (frame, { close }) => {
      if (frame.id === 'rpc_unknown') close();
      return [frame];
    },
  },
  'hello without limits': {
    down: changed(
      ({ result }) => result?.protocol,
      ({ result }) => ({ result: { ...result, limits: undefined } }),
    ),
  },
  'hello of nothing': {
    down: changed(
      ({ result }) => result?.protocol,
      () => ({ result: {} }),
    ),
  },
  'a ping without the time': {
    down: changed(
      ({ result }) => result?.time,
      () => ({ result: {} }),
    ),
  },
  'errors of one kind': {
    down: changed(
      ({ error }) => error?.code < 0,
      ({ error }) => ({ error: { ...error, code: -32000 } }),
    ),
  },
  'errors without their problem': {
    down: changed(
      ({ error }) => error?.data,
      ({ error }) => ({ error: { ...error, data: undefined } }),
    ),
  },
  'pings that nobody answers': { down: without(({ type }) => type === 'pong') },
  'frames without a version': { down: ({ jsonrpc, ...frame }) => [frame] },
  'frames that are binary': { isBinary: true },
  'commands without who and until when': { down: changed(isReq, () => ({ meta: undefined })) },
  'commands that come twice': { down: (frame) => (isReq(frame) ? [frame, frame] : [frame]) },
  'commands to the one before': { toOldest: true },
  'commands that are lost after a loss': {
    down: (frame, { hasLost }) => (isReq(frame) && hasLost ? [] : [frame]),
  },
  'no word of a cancel': { down: without(event('relay.cancel')) },
  'no word of presence': { down: without(event('relay.presence')) },
  'no word of steps': { down: without(event('relay.progress')) },
  'steps that come twice': { down: (frame) => (frame.event === 'relay.progress' ? [frame, frame] : [frame]) },
  'no word for viewers': { down: without(event('monitor')) },
  'what is owed under another name': {
    down: changed(
      ({ result }) => result?.calls?.length === 0,
      () => ({ result: { commands: [] } }),
    ),
  },
  'nothing is owed': {
    down: (frame, { role }) => [
      role === 'ats' && frame.result?.calls ? { ...frame, result: { calls: [] } } : frame,
    ],
  },
  'nothing to go on with': {
    down: changed(
      ({ result }) => result?.calls?.some(({ status }) => status),
      ({ result }) => ({
        result: { calls: result.calls.map(({ id }) => ({ id, status: 'unknown' })) },
      }),
    ),
  },
  'handshakes refused in another way': { refused: () => 400 },
  // Whatever is refused.
  'what is odd is a fault': {
    answer: (answer) =>
      [400, 404, 405, 413, 415].includes(answer.status) &&
      Object.assign(answer, told(500, { ...answer.body, code: 'internal_error', status: 500 })),
  },
  'credentials that do not count': {
    answer: (answer) => [401, 403].includes(answer.status) && Object.assign(answer, told(200)),
  },
  'limits that do not count': {
    answer: (answer) => [409, 413, 429].includes(answer.status) && Object.assign(answer, told(200)),
  },
  'ends that are told as well': {
    answer: (answer) =>
      [502, 503, 504].includes(answer.status) && Object.assign(answer, told(200, { ok: true })),
    down: changed(
      (frame) => isRes(frame) && frame.error?.data,
      () => ({ ok: true, error: undefined, result: 1 }),
    ),
  },
  'nothing is found': {
    answer: (answer) =>
      answer.status === 200 && answer.asked.method === 'GET' && Object.assign(answer, told(404)),
  },
};
