/** Which values under a suspicious name are credentials, and which only speak about one. */
import type { KeyVerdict } from './credential-keys';

/** Words that a runtime writes under `auth`, `session` or `cookies` to name a way of doing it. */
const schemeWords =
  /^(?:no|yes|off|on|true|false|null|undefined|auto|default|forbidden|unlimited|any|anonymous|open|public|local|remote|loopback|tailscale|tailnet|trusted-proxy|bearer|basic|digest|token|password|cookie|session|oauth|oauth2|oauth2\.[01]|oidc|openid|saml|jwt|api[-_ ]?key|mtls|tls|certificate|signature|hmac|pairing|device|device[-_ ]flow|client[-_ ]credentials|challenge-response|pkce|webauthn|passkey|ssh|header|query|body|same-origin|include|omit|lax|strict|main|shared|isolated|persistent|ephemeral|stateless|stateful|hs256|rs256|es256|eddsa|agent:[a-z0-9:_-]{1,64}|[a-z]{2,16}[-_ ](?:token|password|code|key|certificate|secret))$/i;

/** Words that say of any credential whether there is one. */
const presenceWords = /^(?:none|required|not[-_ ]required|optional|supported|unsupported|enabled|disabled)$/i;

/** `128k`, as in `tokens: 128k`. */
const amount = /^\d{1,9}(?:[.,_]\d{1,9})?[kmb]?$/i;

/** Values that stand where a credential would: already masked, or a template for somebody else to fill. */
const placeholder =
  /^(?:…|\*{3,}|•{3,}|x{6,}|\[?(?:masked|redacted|filtered|hidden)\]?|<[A-Za-z_ -]{1,40}>|\$\{?[A-Z][A-Z0-9_]{1,60}\}?|\{{1,2}[A-Za-z_. ]{1,40}\}{1,2})$/i;

/** Whether `value`, standing alone under a name with this verdict, is a credential. */
export function isCredentialUnder(verdict: KeyVerdict, value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return verdict === 'secret';
  if (typeof value !== 'string' || isPlaceholder(value)) return false;
  if (verdict !== 'opaque' && presenceWords.test(value.trim())) return false;
  if (verdict === 'secret') return true;
  if (verdict === 'scheme') return !schemeWords.test(value.trim()) && !amount.test(value.trim());
  return verdict === 'opaque' && looksRandom(value);
}

/** Empty, already masked, or a template such as `${OPENAI_API_KEY}` or `<token>`. */
export function isPlaceholder(value: string): boolean {
  const trimmed = value
    .slice(0, 128)
    .trim()
    .replace(/^(?:bearer|basic) +(?=\S)/i, '');
  return trimmed === '' ? value.trim() === '' : value.length <= 128 && placeholder.test(trimmed);
}

/**
 * A word as prose has it, `optional` or `Authentication`: no digits, no inner capitals, not longer than words are.
 * Tells "Bearer authentication" and "token: optional" from the real thing where nothing else does.
 */
export function isPlainWord(value: string): boolean {
  return value.length <= 16 && /^[A-Za-z]?[a-z]*(?:[-_/][a-z]+)?[.,;:!?)]?$/.test(value);
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * A token without blanks that is too long and too mixed for an id: over 32 characters beside any UUIDs, letters and
 * digits, at least 3.2 bits of entropy a character (hex has 4, English under 3 at this length without repeats).
 */
export function looksRandom(value: string): boolean {
  if (value.length > 4096 || !/^[A-Za-z0-9+/_.~-]+={0,2}$/.test(value))
    return value.length > 4096 && !/\s/.test(value);
  const rest = value.replace(uuid, '');
  return rest.length > 32 && /\d/.test(rest) && /[A-Za-z]/.test(rest) && entropyBits(rest) >= 3.2;
}

function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
