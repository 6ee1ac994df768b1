import { connect } from 'node:net';
import fc from 'fast-check';
import { type Answer, type Paired, type Registered, redeem, register, request } from '../../support/api';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

let relay: Relay;
let registered: Registered;
let app: Paired;
beforeAll(async () => {
  relay = await startRelay();
  registered = await register(relay.url);
  app = await redeem(relay.url, registered.accessCode);
});
afterAll(() => relay.stop());

/** Stands in every input where a credential could; no answer may repeat it. */
const canary = 'ats_CanaryCanaryCanaryCanaryCanaryCanaryCanaryCanaryCanaryCanary';

let serial = 0;
/** A source of its own for each request, so that the limit on guesses does not hide what comes behind it. */
const anySource = () => `127.${1 + ((++serial >> 16) & 127)}.${(serial >> 8) & 255}.${1 + (serial & 127)}`;

function expectRefusedOrDone(answer: Answer, sent: string) {
  const seen = JSON.stringify(answer.body) ?? '';
  if (
    answer.status >= 500 &&
    !['runtime_offline', 'runtime_disconnected', 'rpc_timeout'].includes(answer.body?.code)
  )
    throw new Error(`${answer.status} for ${sent.slice(0, 300)}: ${seen}`);
  if (answer.status >= 400) {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(seen).not.toContain('Canary');
  }
}

const routes: Array<[route: string, as: () => string | undefined, members: string[]]> = [
  [
    'POST /api/relay/register',
    () => registrationToken,
    ['runtimeType', 'displayName', 'machineId', 'capabilities', 'gatewayId', 'relaySecret', 'type'],
  ],
  ['POST /api/relay/redeem', () => undefined, ['accessCode', 'label']],
  ['POST /api/runtime-pairings', () => registrationToken, ['type', 'pairingCode', 'descriptor']],
  ['POST /api/runtime-pairings/redeem', () => undefined, ['pairingCode']],
  ['POST /api/relay/rpc', () => app.clientToken, ['method', 'id', 'timeoutMs', 'params', 'gatewayId']],
  ['POST /api/relay/codes', () => registered.relaySecret, []],
];

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    canary,
    '',
    ' ',
    '\u0000',
    'AT-0000-0000-0000',
    'ＡＴ-００００-００００-００００',
    'АТ-0000-0000-0000',
    '__proto__',
    'constructor',
    '\ud800',
    '💥'.repeat(30),
  ),
);
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  anyText,
  fc.constantFrom(null, true, 0, -1, 1e308, [], {}, [canary], { [canary]: canary }),
);

test.each(routes)('%s survives any JSON', async (route, as, members) => {
  const body = fc.oneof(
    anyValue,
    fc.dictionary(
      fc.oneof(fc.constantFrom(...members, '__proto__', 'constructor', 'toString'), anyText),
      anyValue,
      { maxKeys: 6 },
    ),
    fc.record(Object.fromEntries(members.map((member) => [member, anyValue])), { requiredKeys: [] }),
  );
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      const text = JSON.stringify(value);
      expectRefusedOrDone(
        await request(relay.url, route, { credential: as(), text, from: anySource() }),
        text,
      );
    }),
    { numRuns: 60 },
  );
});

test.each(routes)('%s survives what is not JSON, or only nearly', async (route, as) => {
  const texts = [
    '{"a":1',
    '[1,]',
    'null',
    '""',
    '0',
    'NaN',
    '\ufeff{}',
    '{"a":1}{"b":2}',
    '\u0000',
    `{"x":"${canary}`,
    '['.repeat(10_000),
    '{"a":'.repeat(10_000),
    '['.repeat(10_000) + ']'.repeat(10_000),
    '{"__proto__":{"accessCode":"AT-0000-0000-0000","relaySecret":"x"},"constructor":{"prototype":1}}',
    `{"accessCode":"AT-0000-0000-0000","accessCode":"${canary}","pairingCode":"a","pairingCode":{}}`,
    '{"pairingCode":"AT-7K2M-9QWX-4RT1","type":"agenttown.runtime_pairing.v1","descriptor":{"__proto__":{"token":"CanaryCanaryCanary"}}}',
    '{"pairingCode":"AT-7K2M-9QWX-4RT2","descriptor":{"type":"agenttown.runtime_pairing.v1","note":"CanaryCanary7","token":"CanaryCanary7"}}',
  ];
  for (const text of texts) {
    expectRefusedOrDone(await request(relay.url, route, { credential: as(), text, from: anySource() }), text);
  }
});

test.each(routes.filter(([route]) => !route.endsWith('rpc')))(
  '%s refuses 1 MiB and a byte',
  async (route, as) => {
    const text = JSON.stringify({ a: 'x'.repeat(1024 * 1024 + 1 - '{"a":""}'.length) });
    expect(Buffer.byteLength(text)).toBe(1024 * 1024 + 1);
    const { status, body } = await request(relay.url, route, { credential: as(), text, from: anySource() });
    expect([status, body.code, body.limitBytes]).toEqual([413, 'payload_too_large', 1024 * 1024]);
  },
);

test('prototypes are not polluted: a member named __proto__ fills in for nothing', async () => {
  const text = '{"__proto__":{"runtimeType":"x"}}';
  const { status, body } = await request(relay.url, 'POST /api/relay/register', {
    credential: registrationToken,
    text,
  });
  expect([status, body.errors[0].path]).toEqual([400, 'runtimeType']);
});

test('of duplicate keys the last one is checked, and it is the one that is kept', async () => {
  const leave = (descriptor: string) =>
    request(relay.url, 'POST /api/runtime-pairings', {
      credential: registrationToken,
      text: `{"pairingCode":"AT-DDDD-9QWX-4RTZ","descriptor":${descriptor}}`,
    });
  const type = '"type":"agenttown.runtime_pairing.v1"';
  expect((await leave(`{${type},"token":true,"token":"s3cr3t-v4lue"}`)).body.code).toBe(
    'descriptor_rejected',
  );
  expect((await leave(`{${type},"token":"s3cr3t-v4lue","token":true}`)).status).toBe(201);
  const taken = await request(relay.url, 'POST /api/runtime-pairings/redeem', {
    body: { pairingCode: 'AT-DDDD-9QWX-4RTZ' },
  });
  expect(taken.body.descriptor).toEqual({ type: 'agenttown.runtime_pairing.v1', token: true });
});

const badCodes = [
  'AT-0000-0000-000',
  'AT-0000-0000-00000',
  'AT',
  '',
  ' ',
  'AT-0000-0000-000U',
  'AT-0000-0000-000!',
  'AT_0000_0000_0000',
  'АТ-0000-0000-0000',
  'AT-００００-0000-0000',
  'AT-0000-0000-000ı',
  'AT-0000-0000-000ſ',
  'AT-0000-0000-000\u0000',
  'AT-0000-0000-0000\u202e',
  `AT-${' '.repeat(100)}0000-0000-0000`,
  'x'.repeat(129),
  '0'.repeat(1_000_000),
];
test.each(badCodes)('a code that cannot be one is refused and not repeated: %.24j', async (accessCode) => {
  const answer = await request(relay.url, 'POST /api/relay/redeem', {
    body: { accessCode },
    from: anySource(),
  });
  expect([400, 404]).toContain(answer.status);
  if (accessCode.trim().length > 2) expect(JSON.stringify(answer.body)).not.toContain(accessCode);
});

/** Sends bytes as they are, which no HTTP client would, and gives the status line. */
function rawStatus(lines: string[]): Promise<string> {
  const { hostname, port } = new URL(relay.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(Buffer.from(lines.join('\r\n'), 'latin1')),
    );
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

test.each(['\u0000', '\u0001', '\u007f', '\u001b[31m', '\u00ff\u00fe', '\tx', 'x'.repeat(513), 'a b c', ','])(
  'a header value with %j is refused and not repeated',
  async (odd) => {
    for (const header of [
      'authorization: Bearer Canary',
      'idempotency-key: Canary',
      'x-forwarded-for: Canary',
      'origin: Canary',
    ]) {
      const text = await rawStatus([
        'GET /api/relay/status HTTP/1.1',
        'host: relay',
        `${header}${odd}`,
        'connection: close',
        '',
        '',
      ]);
      expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(text).not.toContain('Canary');
    }
  },
);
