/**
 * Which names of members, variables, headers and parameters say that a credential follows.
 *
 * A name is cut into words (camelCase, snake_case, kebab-case, SCREAMING_CASE, dots), and the words decide:
 *
 * | verdict  | its value is a credential                          | names                                            |
 * |----------|----------------------------------------------------|--------------------------------------------------|
 * | `secret` | always, unless empty, null or a boolean            | token, password, apiKey, ssh_private_key, API_KEY |
 * | `scheme` | unless it is a number or a word that names a scheme | auth, session, cookie, authorization, tokens      |
 * | `opaque` | only when it is a long random string                | sessionId, tokenEndpoint, maxTokens, key          |
 * | `public` | never, nor are the opaque names below it            | publicKey, jwks, ssh_host_key                     |
| `plain`  | never because of its name                           | url, codeHash, challengeId                        |
 *
 * `sessionId` is opaque on purpose: runtimes call a conversation by it, and only a random one works as a credential.
 */

import { asItLooks } from './look-alikes';

/** What a name says about its value; see the table at the top of this file. */
export type KeyVerdict = 'secret' | 'scheme' | 'opaque' | 'public' | 'plain';

const set = (words: string) => new Set(words.trim().split(/\s+/));

/** Words that make a name secret wherever they stand in it. */
const secretWords = set(`
  token tokens password passwords passwd passphrase passphrases passcode pass pwd pswd psw pw secret secrets pin otp
  totp psk mnemonic htpasswd sessid sesskey jsessionid phpsessid creds cred credential credentials cookie cookies`);

/** Endings that make a word secret where a name is written together, as in `authtoken`. */
const secretEnding =
  /(?:token|password|passwd|passphrase|secret|apikey|privatekey|secretkey|accesskey|accountkey|signingkey|sshkey|dbpass|userpass|sshpass|cookie|credential|authorization|connectionstring)s?$/;

/** Pairs of words that make a name secret: `key` alone is not, `apiKey` is. */
const secretPairs: Record<string, Set<string>> = {
  key: set(`
    api access secret private priv ssh signing sign encryption encrypt decryption master shared account auth root admin
    license licence subscription symmetric hmac aes rsa webhook bot app client server tls ssl wallet consumer storage
    relay recovery backup pairing unlock deploy openai anthropic claude gemini google groq
    mistral openrouter deepseek xai cohere azure aws stripe github gitlab huggingface replicate elevenlabs tavily brave
    perplexity`),
  code: set(`
    pairing access auth authorization verification otp recovery backup security invite invitation redeem mfa login
    one pin`),
  phrase: set('pass seed recovery secret mnemonic'),
  seed: set('wallet master private'),
  string: set('connection'),
  word: set('pass'),
  sid: set('connect'),
};

/** Words that are a credential at the end of a name, but also name a way to authenticate or a conversation. */
const schemeEndings = set('auth authentication authorization session bearer jwt');

/** Of the secret words, those that runtimes also use for settings: `cookies: 'disabled'`, `tokens: 'unlimited'`. */
const schemeWords = set('cookie cookies cred creds credential credentials tokens');

/** Last words that turn a suspicious name into a statement about the credential: a count, a place, a kind. */
const describingEndings = set(`
  id ids count counts limit limits max min budget budgets size sizes length len bytes ttl timeout ms seconds second sec
  secs minute minutes hour hours day days expiry expires expiration at in lifetime age type types kind kinds name
  names scheme schemes mode modes method methods format formats policy policies url urls uri uris endpoint endpoints
  path paths file files dir host hosts issuer audience algorithm algorithms alg version versions required require
  supported support supports enabled disabled present configured available status state usage used window rate rates
  price prices pricing cost costs prefix suffix label description scope scopes field fields header headers param
  parameter location provider providers store storage manager source sources rotation index total remaining
  ref refs reference env var variable strength rules model encoding pattern bucket vocab stream streaming estimator
  estimation counter counting accounting tracking handling exchange rpm tpm domain jar consent scanning
  capacity quota threshold kid kty crv iss aud exp title interval revocation validation verification optional needed`);

/** Last words after which the value is public by construction: a digest cannot be turned back. */
const digestEndings = set(
  'hash hashes digest digests sha256 sha512 sha384 sha1 checksum fingerprint fingerprints thumbprint',
);

/** First words that make a name a count, a limit or a yes-or-no question. */
const describingStarts = set(`
  max min maximum minimum num number total has is requires require required supports support supported needs need uses
  use allow allows enable enables accept accepts count remaining per can should`);

/** Words that make a name opaque where nothing makes it secret. */
const opaqueWords = set('key keys session sessions sid');

/** Words before `token` that speak of a language model's text, not of access. */
const modelWords = set(`
  bos eos pad unk sep cls stop special added image prompt completion input output context reasoning thinking cached
  cache generated billed audio vision`);

/** Words that say nothing about what the name means. */
const neutralEndings = set(
  'value values text raw plain plaintext data base b hex encoded pem json default current old new',
);

/** Words right before `key` or `pin` that make it the public half. */
const publicWords = set('public pub authorized host known verify verification cert certificate spki tls');

/** Names of public keys that are written together, and of sets of them. */
const publicEnding = /(?:pub(?:lic)?keys?|jwks?)$/;

/** What any name that is not plain contains: lets the many ordinary names pass at once. */
const suspicious =
  /tok|pass|pw|psw|secret|pin|otp|psk|mnem|sess|sid|cred|cook|key|code|phrase|seed|auth|bearer|jw|string|word/i;

/** What the name of a member says about its value. Linear in the length of the name. */
export function judgeKey(name: string): KeyVerdict {
  const seen = asItLooks(name);
  if (!suspicious.test(seen)) return 'plain';
  const words = wordsOf(seen);
  while (words.length > 1 && neutralEndings.has(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  if (isPublicKey(words)) return 'public';
  if (schemeEndings.has(last)) return 'scheme';

  const found = words.findIndex((_, at) => isSecretAt(words, at));
  if (found < 0) return words.some((word) => opaqueWords.has(word)) ? 'opaque' : 'plain';
  if (digestEndings.has(last)) return 'plain';
  if (describingEndings.has(last) && !isSecretAt(words, words.length - 1)) return 'opaque';
  if (describingStarts.has(words[0] ?? '') && words.length > 1) return 'opaque';
  if (words[found]?.startsWith('token') && modelWords.has(words[found - 1] ?? '')) return 'opaque';
  return schemeWords.has(words[found] ?? '') ? 'scheme' : 'secret';
}

/** A member as the one above it sees it: its name, and what that name was found to say. */
export interface Judged {
  name: string;
  verdict: KeyVerdict;
}

/**
 * What a member's name says about its value, given what it stands in: `value` says nothing by itself and everything
 * in `password: { value: … }`, while `type` and `expiresAt` still only describe.
 */
export function judgeMember(above: Judged, name: string): KeyVerdict {
  const own = judgeKey(name);
  if (own !== 'plain' && own !== 'opaque') return own;
  if (above.verdict === 'public') return 'public';
  if (above.verdict !== 'secret' && above.verdict !== 'scheme') return own;
  const last = wordsOf(name).at(-1) ?? '';
  if (digestEndings.has(last)) return 'plain';
  if (describingEndings.has(last)) return 'opaque';
  if (above.verdict === 'secret') return 'secret';
  // `auth: { realm }` describes, `auth: { value }` does not, and `tokens: { main }` names a token.
  const describes = schemeEndings.has(wordsOf(above.name).at(-1) ?? '') && !neutralEndings.has(last);
  return describes ? own : 'scheme';
}

/** `maxTokens`, `API-KEY`, `sshKey2`, `OAuth2Token` as lower-case words without the digits at their ends. */
function wordsOf(name: string): string[] {
  return asItLooks(name)
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase())
    .map((word) => (digestEndings.has(word) ? word : word.replace(/\d{1,4}$/, '')))
    .filter((word) => word !== '');
}

function isSecretAt(words: string[], at: number): boolean {
  const word = words[at] ?? '';
  if (secretWords.has(word) || secretEnding.test(word.slice(-24))) return true;
  const before = secretPairs[word.replace(/s$/, '')];
  return before !== undefined && at > 0 && before.has(words[at - 1] ?? '');
}

function isPublicKey(words: string[]): boolean {
  const last = words.at(-1) ?? '';
  if (publicEnding.test(last.slice(-12))) return true;
  if (!['key', 'keys', 'pin', 'pins'].includes(last)) return false;
  // `tlsKey` is the private half of a certificate, `tlsPin` the digest of its public half.
  const before = words.at(-2) ?? '';
  if (before === 'tls' || before.startsWith('cert')) return last.startsWith('pin');
  return publicWords.has(before) || words.includes('public');
}
