import { readCommandLine } from '../../local/command-line';

const TOKEN = { AGENTTOWN_PAIRING_TOKEN: 'sixteen-letters!' };

test('with a token registration is closed and nothing is warned about', () => {
  expect(readCommandLine(['--port', '9000', '-c', 'a=b', '-c', 'c=d=e'], TOKEN)).toEqual({
    port: 9000,
    host: '127.0.0.1',
    dbFile: undefined,
    publicUrl: undefined,
    trustProxy: [],
    token: 'sixteen-letters!',
    context: { a: 'b', c: 'd=e' },
    isolate: false,
    log: 'text',
    metricsPort: undefined,
    showPayloads: false,
    meter: false,
    verbose: false,
    warnings: [],
  });
});

test('without a token registration is open, and that is said', () => {
  const request = readCommandLine([], {});
  expect(request.context).toEqual({ registration: 'open' });
  expect(request.warnings).toEqual([expect.stringMatching(/REGISTRATION IS OPEN/)]);
});

test('a short token is refused', () => {
  expect(() => readCommandLine([], { AGENTTOWN_PAIRING_TOKEN: 'short' })).toThrow(/16 characters/);
});

test('open registration beyond loopback must be asked for', () => {
  expect(() => readCommandLine(['--host', '0.0.0.0'], {})).toThrow(/registration=open/);
  const request = readCommandLine(['--host', '0.0.0.0', '-c', 'registration=open'], {});
  expect(request.token).toBeUndefined();
  expect(request.warnings).toHaveLength(2);
});

test('a token is not used where registration was opened', () => {
  const request = readCommandLine(['-c', 'registration=open'], TOKEN);
  expect(request.token).toBeUndefined();
  expect(request.warnings).toEqual([expect.stringMatching(/not used/)]);
});

test('closed registration needs a token', () => {
  expect(() => readCommandLine(['-c', 'registration=token'], {})).toThrow(/AGENTTOWN_PAIRING_TOKEN/);
});

test('a database file is meant from where the command was typed', () => {
  const request = readCommandLine(['--db', 'data/pairing.db'], { ...TOKEN, INIT_CWD: '/home/me' });
  expect(request.dbFile).toBe('/home/me/data/pairing.db');
});

test('a public URL must be one', () => {
  const environment = (url: string) => ({ ...TOKEN, AGENTTOWN_PAIRING_PUBLIC_URL: url });
  expect(readCommandLine([], environment('https://pairing.example')).publicUrl).toBe(
    'https://pairing.example',
  );
  expect(() => readCommandLine([], environment('pairing.example'))).toThrow(/http/);
});

test('flags win over the environment', () => {
  const environment = {
    ...TOKEN,
    AGENTTOWN_PAIRING_PUBLIC_URL: 'https://one.example',
    AGENTTOWN_PAIRING_TRUST_PROXY: '10.0.0.1',
  };
  expect(readCommandLine([], environment)).toMatchObject({
    publicUrl: 'https://one.example',
    trustProxy: ['10.0.0.1'],
  });
  const flags = ['--public-url', 'https://two.example', '--trust-proxy', 'loopback, 10.0.0.0/8'];
  expect(readCommandLine(flags, environment)).toMatchObject({
    publicUrl: 'https://two.example',
    trustProxy: ['loopback', '10.0.0.0/8'],
  });
});

test('a trusted proxy must be an address', () => {
  expect(() => readCommandLine(['--trust-proxy', 'proxy.example'], TOKEN)).toThrow(/IP address/);
});

test('logs are text or JSON, and metrics have a port of their own', () => {
  expect(readCommandLine(['--log', 'json', '--metrics-port', '9100'], TOKEN)).toMatchObject({
    log: 'json',
    metricsPort: 9100,
  });
});

test('payloads are shown on request, and only by a server that this machine alone reaches', () => {
  expect(readCommandLine(['--show-payloads'], TOKEN).showPayloads).toBe(true);
  for (const flags of [
    ['--host', '0.0.0.0'],
    ['--public-url', 'https://pairing.example'],
    ['--trust-proxy', 'loopback'],
  ])
    expect(() => readCommandLine(['--show-payloads', ...flags], TOKEN)).toThrow(/this machine alone/);
  const proxied = { ...TOKEN, AGENTTOWN_PAIRING_PUBLIC_URL: 'https://pairing.example' };
  expect(() => readCommandLine(['--show-payloads'], proxied)).toThrow(/this machine alone/);
});
