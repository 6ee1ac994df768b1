import fc from 'fast-check';
import { findCredentials, judgeKey } from '../../../lambdas/core/secrecy/credential-shapes';
import { keepSecret } from '../../../lambdas/core/secrecy/known-secrets';
import { masked, maskText, maskValue } from '../../../lambdas/core/secrecy/mask';
import { bounded, shapes } from '../../support/credential-arbitraries';

describe('masked wherever it stands in a text', () => {
  test.each(Object.entries(shapes))('%s', (_, credential) => {
    const around = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(around, credential, around, (before, secret, rest) => {
        expect(maskText(before + secret + rest)).not.toContain(secret);
      }),
    );
  });

  test.each(Object.entries(bounded))('%s, as a word of its own', (_, credential) => {
    const prose = fc.constantFrom('', 'see', 'failed:', '{"a":', 'got (', 'x=1 ', '\n', '—', '日本');
    fc.assert(
      fc.property(prose, credential, prose, (before, [text, secret], rest) => {
        expect(maskText(`${before} ${text} ${rest}`)).not.toContain(secret);
      }),
    );
  });
});

describe('masking', () => {
  test.each([
    ['Authorization: Bearer abc.def', `Authorization: ${masked}`],
    ['{"token":"abc","x":1}', `{"token":"${masked}","x":1}`],
    ['wss://h/relay/g1?secret=abc next', `wss://h/relay/g1?${masked} next`],
    ['password: hunter, user=bob', `password: ${masked}, user=bob`],
    ['from 10.1.2.3:4711 and [2001:db8::1]:443', `from ${masked}:4711 and [${masked}]:443`],
    ['code AT-7K3M-9QXR-2PVW used', `code ${masked} used`],
    ['codeAT-7K3M-9QXR-2PVWused', `code${masked}used`],
    ['xxAT-7K3M-9QXR-2PVW9', `xx${masked}9`],
    ['codeAT7K3M9QXR2PVWused', `code${masked}used`],
    ['note: YXRzX3E4M3ZFalJXZUpDcnplOFNORlo0a0t2Tjd4STBWbmlRcTgzdkVqUldlSkE=', `note: ${masked}`],
    ['see https://h/QmVhcmVyIGFiYy4xMjM0NTY3ODkw for more', `see https://h/${masked} for more`],
    ['Basic YTpi, as said', `${masked}, as said`],
  ])('keeps what is around: %s', (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });

  test.each([
    'maxTokens=100 tokens: 12 requiresToken=true {"token":null}',
    'session: main, auth: bearer',
    'at 12:34:56 on 2026-01-14T09:30:00.123Z',
    'arn:aws:lambda:eu-west-1:123456789012:function:pairing-redeem',
    'rpc_01JH8Z6W3V9Q4T7Y2M5N8P0R1S took 120 ms, 3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'std::vector in task-runner-with-a-long-name-2026',
    'relay.websocket.connected for gw_7f3a, version 1.2.3',
    'Error: conditional request failed at /var/task/index.mjs:12:34',
  ])('leaves alone: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'token',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '[',
      ']',
      '{',
      '}',
      masked,
      '…',
      ' ',
      '\n',
      '?',
      '&',
      '@',
      '://',
      '1.2.3.4',
      '::1',
      'Bearer ',
      'eyJ',
      'AT-',
      '--token ',
      'cookie',
    ),
    ...Object.values(shapes),
  );
  const text = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''));

  test('twice is masking once', () => {
    fc.assert(
      fc.property(text, (input) => expect(maskText(maskText(input))).toBe(maskText(input))),
      { numRuns: 500 },
    );
  });

  test('to a length keeps to it, and twice is once there too', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 16, max: 80 }), (input, maxLength) => {
        const once = maskText(input, { maxLength });
        expect(once.length).toBeLessThanOrEqual(maxLength);
        expect(maskText(once, { maxLength })).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  test('happens before a text is cut, so that no half of a credential is left', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    for (let maxLength = 16; maxLength < 60; maxLength++) {
      expect(maskText(`the key is ${secret}`, { maxLength })).not.toContain('a1B2');
    }
  });

  test('of a quarter of a megabyte takes a moment, however it is made', () => {
    const fillings = [
      'a',
      ' ',
      '-',
      '.',
      ':',
      '=',
      '"',
      '\\',
      '/',
      '@',
      '[',
      '1.',
      '::',
      'a:',
      'eyJ',
      'eyJa.',
      'AKIA',
      'ghp_',
      'sk-',
      'sk-a',
      'ats_',
      'AT-',
      'AT-AAAA-',
      'key=',
      'key: ',
      'token="',
      'token=\'\\"',
      'token=[',
      'token={',
      'token:',
      'cookie:',
      '://',
      'a://b:',
      'a://]:',
      '?a=',
      '?',
      '#',
      'M-',
      'SG.',
      '-----BEGIN PRIVATE KEY',
      '-----BEGIN RSA PRIVATE KEY-----\n',
      '--token ',
      '-a ',
      'Bearer ',
      'a@',
      '%41',
      'é',
      '😀',
      '\ufdfa',
      'passwordpassword',
      'aB',
      '123456:',
    ];
    for (const filling of fillings) {
      // Whatever is quadratic takes minutes with so much.
      const large = filling.repeat((1 << 18) / filling.length);
      const started = performance.now();
      findCredentials(large);
      maskText(large, { maxLength: 500 });
      expect([filling, performance.now() - started < 4_000]).toEqual([filling, true]);
    }
  }, 120_000);
});

test('a secret of this process is taken out wherever it stands, though it looks like nothing', () => {
  const token = 'correct horse battery staple';
  expect(maskText(`name ${token}!`)).toBe(`name ${token}!`);
  keepSecret(token);
  expect(maskText(`name ${token}!`)).toBe(`name ${masked}!`);
  expect(maskText(`x${token}x ${encodeURIComponent(token)}`)).toBe(`x${masked}x ${masked}`);
  expect(maskText(Buffer.from(`it is ${token}.`).toString('base64'))).toBe(masked);
  keepSecret('short');
  expect(maskText('a short word')).toBe('a short word');
});

describe('a name', () => {
  test.each([
    [
      'secret',
      'token accessToken TOKEN authtoken id_token csrf-token token2 tokenProd password passWord DB_PASSWORD passwd pwd passphrase apiKey api-key API_KEY apikey APIKeys x-api-key openaiKey secret clientSecret secretAccessKey private_key privateKeyPem sshKey SSHKey tlsKey pairingCode accessCode pin seedPhrase connectionString connect.sid sessionToken',
    ],
    [
      'scheme',
      'tokens auth authorization Proxy-Authorization cookie Set-Cookie cookies credential credentials session jwt',
    ],
    [
      'opaque',
      'maxTokens max_tokens requiresToken hasPassword tokenEndpoint tokenType tokenExpiresAt accessKeyId sessionId sessionKey key keyId cacheKey inputTokens eosToken tokensPerMinute passwordFile',
    ],
    ['public', 'publicKey pubkey ssh_public_key sshPublicKey jwks hostKey certPin tlsPin'],
    [
      'plain',
      'url name code errorCode challengeId codeHash tokenHash passwordHash secretSha256 tokenizer secretary passwordless keyboard bypass pinned cookbook author authMode capabilities compass',
    ],
  ])('is judged %s in every spelling', (verdict, names) => {
    expect(names.split(' ').filter((name) => judgeKey(name) !== verdict)).toEqual([]);
  });
});

describe('a value for a log', () => {
  test('loses what its names and shapes give away, and keeps the rest', () => {
    const value = {
      request: {
        headers: { Authorization: 'Bearer x', 'user-agent': 'app/1' },
        rawHeaders: ['Cookie', 'a=b', 'Accept', '*/*'],
      },
      env: [
        { name: 'API_KEY', value: 'abc' },
        { name: 'HOME', value: '/root' },
      ],
      argv: ['--token', 'abc', '--verbose'],
      tokens: { input: 5, main: 'abc' },
      maxTokens: 100,
      codeHash: 'abcdef',
      note: 'from 10.0.0.1',
      secret: { any: 'thing' },
      requiresToken: true,
      password: null,
    };
    expect(maskValue(value)).toEqual({
      request: {
        headers: { Authorization: masked, 'user-agent': 'app/1' },
        rawHeaders: ['Cookie', masked, 'Accept', '*/*'],
      },
      env: [
        { name: 'API_KEY', value: masked },
        { name: 'HOME', value: '/root' },
      ],
      argv: ['--token', masked, '--verbose'],
      tokens: { input: 5, main: masked },
      maxTokens: 100,
      codeHash: 'abcdef',
      note: `from ${masked}`,
      secret: masked,
      requiresToken: true,
      password: null,
    });
  });

  test('is a copy: the original stays as it was', () => {
    const value = { token: 'abc', list: [{ a: 1 }] };
    const copy = maskValue(value) as typeof value;
    expect(value.token).toBe('abc');
    expect(copy.list).not.toBe(value.list);
  });

  test('may be an error with a cause, a map, a set, a date or bytes', () => {
    const error = new Error('token=abc', { cause: new Error('Bearer q1w2e3r4t5') });
    expect(JSON.stringify(maskValue(error))).not.toMatch(/abc|q1w2/);
    expect(maskValue(new Map([['token', 'abc']]))).toEqual({ token: masked });
    expect(maskValue(new Set(['10.0.0.1']))).toEqual([masked]);
    expect(maskValue(new Date(0))).toMatch(/1970/);
    expect(maskValue({ body: new TextEncoder().encode('token=abc') })).toEqual({ body: '[bytes]' });
  });

  test('may contain itself, be endless or refuse to be read', () => {
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle.self = cycle;
    expect(maskValue(cycle)).toEqual({ name: 'a', self: '[circular]' });
    expect((maskValue(new Array(1_000_000).fill(1)) as unknown[]).at(-1)).toBe('[more]');
    const hostile = {
      get a() {
        throw new Error('no');
      },
    };
    expect(maskValue({ hostile })).toEqual({ hostile: '[unreadable]' });
    expect(
      maskValue(
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ).toBe('[unreadable]');
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(JSON.stringify(maskValue(deep))).toContain('[too deep]');
  });

  test('keeps a member named __proto__ a member', () => {
    const copy = maskValue(JSON.parse('{"__proto__":{"token":"abc","a":1}}'));
    expect(JSON.stringify(copy)).toBe(`{"__proto__":{"token":"${masked}","a":1}}`);
  });

  test('never throws and never lets a named secret through', () => {
    const name = fc.constantFrom('token', 'apiKey', 'PASSWORD', 'client-secret', 'cookie');
    fc.assert(
      fc.property(fc.anything(), name, fc.stringMatching(/^S3[A-Za-z0-9]{16}$/), (around, key, secret) => {
        const text = JSON.stringify(maskValue({ around, list: [{ [key]: secret }, `${key}=${secret}`] }));
        expect(text).not.toContain(secret);
      }),
    );
  });
});
