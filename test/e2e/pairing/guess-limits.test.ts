import { redeem, register, request } from '../../support/api';
import { eventually } from '../../support/eventually';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

let lastOctet = 1;
const newSource = () => `127.0.9.${++lastOctet}`;
const codes = Array.from({ length: 1_000 }, (_, n) => `AT-ZZZZ-0000-${String(n).padStart(4, '0')}`);

const guess = (accessCode: string, from: string, headers: Record<string, string> = {}) =>
  request(relay.url, 'POST /api/relay/redeem', { body: { accessCode }, from, headers });

/** Calls that a function made on a table since the meter was reset. */
const calls = (operation: string, table: string) =>
  relay.host.aws.meter.calls.filter(
    (call) => call.operation === operation && call.resources.some((id) => id.startsWith(table)),
  );

test('of 1,000 wrong redeems from one source 10 are looked up; the owner pairs from another source', async () => {
  const attacker = newSource();
  const { accessCode } = await register(relay.url);
  relay.host.aws.meter.reset();
  const answers = await Promise.all(codes.map((code) => guess(code, attacker)));
  expect(calls('GetItem', 'Codes')).toHaveLength(10);
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([count(404), count(429)]).toEqual([10, 990]);
  // The right code is refused too, without a look-up, and still works for its owner.
  const refused = await guess(accessCode, attacker);
  expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([429, 'rate_limited', true]);
  expect(refused.body.retryAfterMs).toBeGreaterThan(100_000);
  expect(refused.body.retryAfterMs).toBeLessThanOrEqual(120_000);
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(refused.body.retryAfterMs / 1000)));
  expect(calls('GetItem', 'Codes')).toHaveLength(10);
  expect(await redeem(relay.url, accessCode)).toHaveProperty('clientToken');
  // A thousand requests take their time on a busy machine.
}, 120_000);

test('a refused redeem counts nothing, and a redeem pays two writes of one unit', async () => {
  const attacker = newSource();
  for (const code of codes.slice(0, 10)) await guess(code, attacker);
  relay.host.aws.meter.reset();
  await guess(codes[0]!, attacker);
  expect(calls('BatchGetItem', 'Attempts')).toHaveLength(1);
  expect(calls('UpdateItem', 'Attempts')).toEqual([]);
  const { accessCode } = await register(relay.url);
  relay.host.aws.meter.reset();
  await redeem(relay.url, accessCode);
  // The second one leaves after the answer.
  const writes = await eventually(() => {
    const made = calls('UpdateItem', 'Attempts');
    return made.length >= 2 ? made : undefined;
  });
  expect(writes.map(({ writeUnits }) => writeUnits)).toEqual([1, 1]);
});

test('ten wrong registration tokens close their source on every route that takes one, for the right one too', async () => {
  const attacker = newSource();
  const routes = ['POST /api/relay/register', 'POST /api/runtime-pairings', 'GET /api/monitor/events'];
  const ask = (n: number, credential: string, from: string) => {
    const route = routes[n % 3]!;
    const body = route.startsWith('GET') ? {} : { body: { runtimeType: 'openclaw' } };
    return request(relay.url, route, { credential, from, ...body });
  };
  for (let n = 0; n < 10; n++)
    expect((await ask(n, `wrong-registration-token-${n}`, attacker)).status).toBe(401);
  for (let n = 0; n < 3; n++) {
    const refused = await ask(n, registrationToken, attacker);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(refused.body.retryAfterMs).toBeGreaterThan(100_000);
  }
  expect((await ask(0, registrationToken, newSource())).status).toBe(201);
  // A request without a token is no guess, and writes nothing.
  relay.host.aws.meter.reset();
  for (let n = 0; n < 12; n++)
    expect((await request(relay.url, routes[0]!, { from: newSource(), body: {} })).status).toBe(401);
  expect(calls('UpdateItem', 'Attempts')).toEqual([]);
});
