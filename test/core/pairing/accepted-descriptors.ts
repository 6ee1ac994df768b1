/** What runtimes really send: every one of these may wait behind a pairing code. */

const type = 'agenttown.runtime_pairing.v1';
const base64 = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
const hex = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const colons = hex.replace(/../g, (pair) => `${pair.toUpperCase()}:`).slice(0, -1);

/** A row: the rule it stands for, and the descriptor. */
export const acceptedDescriptors: [rule: string, descriptor: unknown][] = [
  ['nothing but the type', { type }],
  ['nothing at all, where the outer type counts', {}],
  ['a display name', { type, displayName: "Ada's workshop (Mac mini)" }],
  ['a name in another script', { type, displayName: '鍛冶屋のエージェント 🛠️' }],
  ['a name about tokens', { type, displayName: 'Token counter: the Secret Garden edition' }],
  ['a runtime and its version', { type, runtimeType: 'openclaw', version: '2026.1.14-beta.2+build.77' }],
  [
    'what others need to seal with it: protocol, fingerprint, public key',
    { type, sealing: { protocol: 'agenttown-sealed/1', fingerprint: '7F3K-Q2M9-ZT4X', publicKey: base64 } },
  ],
  ['endpoints', { type, endpoints: [{ url: 'wss://gw.example.com:18789/ws', transport: 'websocket' }] }],
  [
    'an endpoint by address',
    { type, endpoints: ['http://192.168.1.20:18789', 'ws://[fd7a:115c:a1e0::12]:18789'] },
  ],
  [
    'an endpoint with a harmless query',
    { type, endpoint: 'https://host.example/v1?version=2&region=eu-west-1' },
  ],
  [
    'an endpoint with a session key in its query',
    { type, url: 'wss://host.example/ws?sessionKey=agent:main:main' },
  ],
  ['an endpoint with an account but no password', { type, git: 'ssh://git@github.com/acme/agent.git' }],
  ['a profile page with an at sign', { type, homepage: 'https://social.example/@agent' }],
  ['a challenge', { type, pairing: { challengeId: 'chl_01JH8Z6W3V9Q4T7Y2M5N8P0R1S' } }],
  ['the hash of the code', { type, pairing: { codeHash: hex, algorithm: 'sha256' } }],
  [
    'a tagged hash',
    { type, pairing: { codeHash: `sha256:${hex}`, challengeId: uuid, expiresInSeconds: 600 } },
  ],
  ['hashes of tokens and secrets', { type, tokenHash: hex, secretSha256: base64, passwordDigest: hex }],
  ['numbers about tokens', { type, maxTokens: 8192, max_output_tokens: 4096, 'context-tokens': 200000 }],
  ['numbers of tokens as text', { type, maxTokens: '8192', contextTokens: '200k', tokens: '128k' }],
  [
    'rates of tokens',
    { type, limits: { tokensPerMinute: 90000, tokenBudget: 1e6, tokenBucketCapacity: 50 } },
  ],
  ['a use of tokens', { type, usage: { tokens: { input: 512, output: 1024, cached: 0 } } }],
  ['booleans about credentials', { type, requiresToken: true, supportsPassword: false, hasApiKey: true }],
  ['booleans named like credentials', { type, password: false, token: true, apiKey: false, cookies: false }],
  ['nothing where a credential would be', { type, token: null, password: '', secret: '   ', apiKey: [] }],
  ['placeholders', { type, token: `\${OPENCLAW_GATEWAY_TOKEN}`, apiKey: '<api-key>', password: '********' }],
  ['a masked credential', { type, token: '[masked]', secret: '[REDACTED]' }],
  ['a template for a header', { type, header: 'Authorization: Bearer {{clientToken}}' }],
  ['a kind of authentication', { type, auth: { type: 'bearer', header: 'Authorization', required: true } }],
  [
    'a kind of authentication as one word',
    { type, auth: 'bearer', authorization: 'required', session: 'main' },
  ],
  ['kinds of authentication', { type, authMethods: ['token', 'password', 'device-code', 'mtls', 'none'] }],
  [
    'capabilities',
    { type, capabilities: ['chat', 'tools', 'cookies', 'secrets', 'sessions.list', 'token-streaming'] },
  ],
  [
    'capabilities as flags',
    { type, capabilities: { 'session.reset': true, 'secrets.resolve': false, voice: null } },
  ],
  [
    'methods with long names',
    { type, methods: ['agents.sessions.messages.attachments.list', 'node.invoke.cancel'] },
  ],
  [
    'OAuth places',
    {
      type,
      oauth: {
        tokenEndpoint: 'https://id.example.com/oauth/token',
        authorizationEndpoint: 'https://id.example.com/authorize',
        clientId: 'agenttown-app',
        scopes: ['openid'],
      },
    },
  ],
  ['whether a credential is needed', { type, token: 'required', password: 'optional', apiKey: 'none' }],
  [
    'a scheme with a credential in its name',
    { type, gatewayAuth: ['gateway-token', 'shared-secret', 'tailscale'] },
  ],
  [
    'the session that runtimes call main',
    { type, session: 'agent:main:main', authentication: { schemes: ['x'] } },
  ],
  [
    'a description of a token',
    { type, token: { type: 'jwt', algorithm: 'ES256', ttlSeconds: 600, issuer: 'hermes', required: true } },
  ],
  ['a public key', { type, publicKey: base64, keyId: 'main-2026' }],
  ['public keys in a list', { type, publicKeys: [{ kid: 'k1', key: base64, alg: 'EdDSA' }] }],
  ['an SSH public key', { type, sshPublicKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64} hermes@nas` }],
  [
    'a public JSON Web Key',
    { type, jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: base64, kid: 'a', use: 'sig' }] } },
  ],
  [
    'a public PEM block',
    { type, publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----` },
  ],
  [
    'a certificate',
    { type, tls: { certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----` } },
  ],
  [
    'a TLS fingerprint',
    { type, tls: { fingerprint: colons, fingerprintSha256: hex, pins: [`sha256/${base64}=`] } },
  ],
  ['an SSH host key', { type, ssh: { port: 22, hostKey: `ssh-rsa AAAAB3NzaC1yc2E${base64}` } }],
  ['a signature', { type, signature: `${base64}${base64}`.slice(0, 86), nonce: uuid }],
  [
    'ids of sessions',
    { type, sessionId: uuid, session_id: 'sess_01JH8Z6W3V9Q4T7Y2M5N8P0R1S', sessionKey: 'agent:main:main' },
  ],
  [
    'settings of sessions',
    { type, session: { scope: 'per-sender', idleMinutes: 60, store: 'memory' }, sessionTimeoutMs: 5 },
  ],
  [
    'models',
    {
      type,
      models: [{ id: 'anthropic/claude-opus-4-5-20251101', contextTokens: 200000, eosToken: '<|end|>' }],
    },
  ],
  ['a model with a long name', { type, model: 'hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M' }],
  ['a voice named sk-SK', { type, voice: 'sk-SK-ViktoriaNeural', task: 'task-runner-with-a-long-name-2026' }],
  ['statistics', { type, stats_collected_over_time_by_gateway_and_session: 12, formats_: ['json'] }],
  [
    'ids of cloud resources',
    { type, account: '1234-5678-9012', arn: 'arn:aws:iam::123456789012:role/Agent' },
  ],
  [
    'a machine',
    {
      type,
      machineId: uuid.replaceAll('-', ''),
      platform: { os: 'darwin', arch: 'arm64', node: 'v22.12.0' },
    },
  ],
  ['a commit and an image', { type, commit: hex.slice(0, 40), image: `ghcr.io/acme/hermes@sha256:${hex}` }],
  ['a package integrity value', { type, integrity: `sha512-${`${base64}${base64}`.slice(0, 86)}==` }],
  [
    'times',
    { type, createdAt: '2026-01-14T09:30:00.123Z', expiresAt: 1768383000, tokenExpiresAt: '2026-01-15' },
  ],
  [
    'names of environment variables',
    { type, env: ['OPENAI_API_KEY', 'HOME'], tokenEnv: 'OPENCLAW_GATEWAY_TOKEN' },
  ],
  [
    'where a secret is kept',
    { type, secretRef: 'vault://kv/agent', passwordFile: '/run/secrets/pw', tokenPath: '~/.t' },
  ],
  [
    'prose about authentication',
    { type, note: 'Supports Bearer authentication and Basic auth. Token: optional.' },
  ],
  ['a command', { type, start: 'hermes serve --port 8080 --max-tokens 4096 --session main' }],
  ['arguments', { type, args: ['--port', '8080', '--max-tokens', '4096', '--verbose'] }],
  [
    'ordinary keys',
    { type, key: 'main', cacheKey: 'runtime:main', hotkey: 'ctrl+k', keyboard: true, keys: ['a', 'b'] },
  ],
  ['ordinary codes', { type, errorCode: 'E_TIMEOUT', countryCode: 'DE', exitCodes: [0, 1], codec: 'opus' }],
  [
    'members named like prototypes',
    JSON.parse(`{"type":"${type}","__proto__":{"a":1},"constructor":{"name":"x"}}`),
  ],
  [
    'pairs that name no credential',
    {
      type,
      settings: [
        { k: 'mode', v: 'auto' },
        { name: 'maxTokens', value: '4096' },
      ],
      n: 'main',
      v: '1.2.3',
    },
  ],
  [
    'base64 that stands for no credential',
    { type, icon: Buffer.from('just a little picture of a desk').toString('base64') },
  ],
  ['names in other scripts', { type, имя: 'Стол', 名前: '机', όνομα: 'γραφείο' }],
  ['two groups of the code', { type, a: '7K3M', b: '0QXR' }],
  ['sixteen levels', { type, a: nested(15) }],
  [
    'another code that is not this one',
    { type, label: '7K3M-0QXR', build: '8K3M0QXR1PVW', serial: 700000000000 },
  ],
];

function nested(lists: number): unknown {
  return lists === 0 ? 'end' : [nested(lists - 1)];
}
