/** The documents' examples hold, and what they do not describe is found wherever a host of the tests says it. */
import { faultsOfAnswer, type SentAnswer } from '../support/protocol/answers';
import { asyncApi, faultOf, type Json, openApi, step } from '../support/protocol/documents';
import { faultsOfFrame, roleOf } from '../support/protocol/frames';

/** Every `{ schema, examples }` below a part, with its JSON pointer. */
function* exampled(part: Json, pointer: string): Generator<[string, unknown]> {
  if (typeof part !== 'object' || part === null) return;
  if (part.schema && part.examples) {
    for (const { value } of Object.values(part.examples) as Json[]) yield [`${pointer}/schema`, value];
  }
  for (const [name, value] of Object.entries(part)) yield* exampled(value, pointer + step(name));
}

test('every example of docs/openapi.json holds', () => {
  const all = [
    ...exampled(openApi.paths, '/paths'),
    ...exampled(openApi.components.responses, '/components/responses'),
  ];
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter(([pointer, value]) => faultOf('openApi', pointer, value))).toEqual([]);
});

test('every example of docs/asyncapi.json holds, and no frame is without one', () => {
  const messages = Object.entries(asyncApi.channels as Json).flatMap(([role, channel]: [string, Json]) =>
    Object.entries(channel.messages as Json).map(([name, { examples }]: [string, Json]) => [
      `/channels/${role}/messages/${name}/payload`,
      examples[0].payload,
    ]),
  ) as Array<[string, unknown]>;
  expect(messages.length).toBeGreaterThan(30);
  expect(messages.map(([pointer, value]) => faultOf('asyncApi', pointer, value)).filter(Boolean)).toEqual([]);
});

const health: SentAnswer = {
  method: 'GET',
  url: '/health?x=1',
  status: 200,
  header: (name) =>
    ({ 'content-type': 'application/json', 'x-request-id': 'r', 'cache-control': 'no-store' })[name],
  body: JSON.stringify({
    ok: true,
    service: 'agenttown-pairing-server',
    version: '1',
    time: '2026-11-25T12:00:00.000Z',
  }),
  finished: true,
};
const withBody = (more: object): SentAnswer => ({
  ...health,
  body: JSON.stringify({ ...JSON.parse(health.body), ...more }),
});

test('an answer as described has no fault', () => {
  expect(faultsOfAnswer(health)).toEqual([]);
});

test.each<[string, SentAnswer, RegExp]>([
  ['a member that no schema names', withBody({ more: 1 }), /additional properties/],
  ['a value of another kind', withBody({ version: 1 }), /must be string/],
  ['a status', { ...health, status: 201 }, /status is not described/],
  [
    'a kind of body',
    { ...health, header: (name) => (name === 'content-type' ? 'text/plain' : 'no-store') },
    /text\/plain/,
  ],
  [
    'an answer without an id',
    { ...health, header: (name) => (name === 'x-request-id' ? undefined : health.header(name)) },
    /x-request-id/,
  ],
  [
    'an answer that may be cached',
    { ...health, header: (name) => (name === 'cache-control' ? undefined : health.header(name)) },
    /cache-control/,
  ],
  ['a path', { ...health, url: '/else' }, /is no problem/],
])('%s that is not described is found', (_, answer, fault) => {
  expect(faultsOfAnswer(answer).join()).toMatch(fault);
});

test('an event of a stream is judged by its name', () => {
  const stream = (body: string): SentAnswer => ({
    ...health,
    method: 'POST',
    url: '/api/relay/rpc',
    header: (name) => (name === 'content-type' ? 'text/event-stream' : health.header(name)),
    body,
    finished: false,
  });
  const accepted = 'event: accepted\ndata: {"id":"a"}\n\n';
  expect(faultsOfAnswer(stream(`: resumed\n\n${accepted}event: resu`))).toEqual([]);
  expect(faultsOfAnswer(stream('event: finished\ndata: {"id":"a"}\n\n'))).not.toEqual([]);
});

test('a frame is judged by what its role may hear', () => {
  const pong = { type: 'pong' };
  const monitor = {
    jsonrpc: '2.0',
    type: 'event',
    event: 'monitor',
    method: 'monitor',
    params: { events: [] },
  };
  expect(faultsOfFrame('runtime', JSON.stringify(pong))).toEqual([]);
  expect(faultsOfFrame('viewer', JSON.stringify(monitor))).toEqual([]);
  expect(faultsOfFrame('runtime', JSON.stringify(monitor))).toHaveLength(1);
  expect(faultsOfFrame('app', JSON.stringify({ ...pong, more: 'secret-value' }))[0]).not.toContain(
    'secret-value',
  );
});

test.each([
  ['/relay?secret=ats_x', undefined, 'runtime'],
  ['/relay', 'Bearer atc_x', 'app'],
  ['/relay?ticket=atv_x', undefined, 'viewer'],
  ['/relay', undefined, undefined],
])('the socket of %s with %s is that of: %s', (url, authorization, role) => {
  expect(roleOf(url, authorization)).toBe(role);
});
