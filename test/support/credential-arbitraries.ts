/** Credentials of every shape that the masker knows, made up by fast-check. */
import fc from 'fast-check';
import { formatCode } from '../../lambdas/core/pairing/codes';

const random = (alphabet: string, length: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length + 12 })
    .map((chars) => chars.join(''));
const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const alnum = `${upper}${lower}${digits}`;
const base64url = `${alnum}-_`;
const after = (prefix: string, alphabet: string, length: number) =>
  random(alphabet, length).map((rest) => prefix + rest);
const exactly = (prefix: string, alphabet: string, length: number) =>
  random(alphabet, length).map((rest) => prefix + rest.slice(0, length));

/** Credentials that are known by their own shape, whatever letters stand around them. */
export const shapes: Record<string, fc.Arbitrary<string>> = {
  'a relay secret': after('ats_', base64url, 43),
  'a client token': after('atc_', base64url, 43),
  'a viewer ticket': after('atv_', base64url, 43),
  "a ticket of an App's socket": after('atk_', base64url, 75),
  'a JWT': fc
    .tuple(random(base64url, 20), random(base64url, 30), random(base64url, 43))
    .map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  'an AWS access key': exactly('AKIA', `${upper}${digits}`, 16),
  'a temporary AWS access key': exactly('ASIA', `${upper}${digits}`, 16),
  'a Google key': after('AIza', base64url, 35),
  'a Google access token': after('ya29.', base64url, 40),
  'a GitHub token': after('ghp_', alnum, 36),
  'a GitHub app token': after('ghs_', alnum, 36),
  'a fine-grained GitHub token': after('github_pat_', `${alnum}_`, 60),
  'a GitLab token': after('glpat-', base64url, 20),
  'a Slack token': after('xoxb-', `${alnum}-`, 30),
  'an Anthropic key': after('sk-ant-api03-', base64url, 60),
  'an OpenAI project key': after('sk-proj-', base64url, 60),
  'a Stripe key': after('sk_live_', alnum, 24),
  'an npm token': after('npm_', alnum, 36),
  'a Hugging Face token': after('hf_', alnum, 34),
  'a SendGrid key': fc
    .tuple(exactly('', base64url, 22), exactly('', base64url, 43))
    .map(([a, b]) => `SG.${a}.${b}`),
  'a Twilio key': exactly('SK', '0123456789abcdef', 32),
  'an Azure client secret': after('x3-8Q~', alnum, 34),
  'a Tailscale key': after('tskey-auth-', alnum, 30),
  'a Telegram bot token': fc
    .tuple(exactly('', '123456789', 10), after(':', base64url, 35))
    .map((parts) => parts.join('')),
  'a PEM private key': random(alnum, 64).map(
    (key) => `-----BEGIN RSA PRIVATE KEY-----\n${key}\n-----END RSA PRIVATE KEY-----`,
  ),
  'an OpenSSH private key': random(alnum, 64).map(
    (key) => `-----BEGIN OPENSSH PRIVATE KEY-----\\n${key}\\n-----END OPENSSH PRIVATE KEY-----`,
  ),
};

/** Credentials that need a boundary before them, or a name. */
export const bounded: Record<string, fc.Arbitrary<[text: string, secret: string]>> = {
  'a code': fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bits) => [formatCode(bits), formatCode(bits)]),
  'a code in lower case': fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((bits) => [formatCode(bits).toLowerCase(), formatCode(bits).toLowerCase()]),
  'an OpenAI key': random(alnum, 40).map((key) => [`sk-${key}`, key]),
  'a Bearer value': random(base64url, 20).map((key) => [`Bearer ${key}`, key]),
  'a Basic value': random(alnum, 20).map((key) => [`basic ${key}`, key]),
  'a user and password': random(alnum, 12).map((key) => [`https://ada:${key}@host.example/path`, key]),
  'a query string': random(alnum, 12).map((key) => [`GET /relay?a=1&x=${key}`, key]),
  'a bare query': random(alnum, 12).map((key) => [`wss://host/relay?${key}`, key]),
  'an IPv4 address': fc.ipV4().map((address) => [address, address]),
  'an IPv6 address': fc
    .ipV6()
    .filter((address) => address !== '::' && /::|^[^.]*$/.test(address))
    .map((address) => [address, address.includes('.') ? (address.split(':').at(-1) ?? '') : address]),
  'key=value': random(alnum, 12).map((key) => [`api_key=${key}`, key]),
  'key: value': random(alnum, 12).map((key) => [`Access Token: "${key} ${key}"`, key]),
  'a pair in JSON': random(alnum, 12).map((key) => [
    JSON.stringify({ a: 1, clientSecret: `${key}"\\${key}`, b: 2 }),
    key,
  ]),
  'a pair in JSON in JSON': random(alnum, 12).map((key) => [
    JSON.stringify(JSON.stringify({ password: key })),
    key,
  ]),
  'a number in JSON': random(digits, 8).map((key) => [`{"password":1${key},"x":1}`, key]),
  'a list in JSON': random(alnum, 12).map((key) => [`{"tokens":["a","${key}"],"x":1}`, key]),
  'a pair in a URL fragment': random(alnum, 12).map((key) => [`https://app/#access_token=${key}`, key]),
  'an authorization header': random(alnum, 12).map((key) => [`authorization: Custom a=1, b=${key}`, key]),
  'a cookie header': random(alnum, 12).map((key) => [`Cookie: a=1; b=${key}`, key]),
  'an option': random(alnum, 12).map((key) => [`hermes --password ${key}`, key]),
  'a passphrase': random(lower, 8).map((key) => [`passphrase: correct horse ${key}`, key]),
};
