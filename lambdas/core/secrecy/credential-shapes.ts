/**
 * What looks like a credential: the one place that the descriptor check and the masker of logs and monitor events ask.
 *
 * Names are judged in credential-keys, the values below them in credential-values, pairs inside a text in
 * credential-pairs, and here the values that give themselves away by their own shape. Every pattern is linear: it
 * begins with a literal and ends with an open run, so a match consumes what it looked at and a failure is short.
 */
import { type Finding, findPairs } from './credential-pairs';
import { isPlainWord } from './credential-values';
import { decodeBase64, encodedRuns } from './encoded-credentials';
import { findKnownSecrets } from './known-secrets';

export { judgeKey, type KeyVerdict } from './credential-keys';
export type { Finding } from './credential-pairs';
export { isCredentialUnder } from './credential-values';

interface Shape {
  reason: string;
  pattern: RegExp;
  /** Whether this match can be nothing else. Without it every match is certain. */
  certain?: (match: string, before: string) => boolean;
}

const isBoundary = (before: string) => !/[A-Za-z0-9]/.test(before);
const hasDigit = (match: string) => /\d/.test(match);

const shapes: Shape[] = [
  {
    reason: 'an Authorization value',
    pattern: /(?<![A-Za-z0-9])(?:bearer|basic)(?:[ \t]{1,8}|%20|\+)[A-Za-z0-9._~+/=-]{6,}/gi,
    certain: (match) => isBearerValue(match.replace(/^(?:bearer|basic)(?:[ \t]+|%20|\+)/i, '')),
  },
  {
    reason: 'a Basic value',
    pattern: /(?<![A-Za-z0-9])basic(?:[ \t]{1,8}|%20|\+)[A-Za-z0-9+/_-]{4,}={0,2}/gi,
    // A user and a password, however short: no word decodes to both.
    certain: (match) => /^[^:]*:/.test(decodeBase64(match.replace(/^basic(?:[ \t]+|%20|\+)/i, '')) ?? ''),
  },
  {
    reason: 'a credential of this server',
    // Without a boundary before it, `ats_` is also how `stats_…` goes on.
    pattern: /at[sckv]_[A-Za-z0-9_-]{43,}|(?<![A-Za-z0-9])at[sckv]_[A-Za-z0-9_-]{16,}/g,
    certain: (match, before) => match.length >= 47 && (isBoundary(before) || /[A-Z]/.test(match)),
  },
  {
    reason: 'a code',
    pattern:
      /(?<![A-Za-z0-9])at(?:-|\u2010|\u2011|\u2013|%2d)(?:[a-z0-9]{4}(?:-|\u2010|\u2011|\u2013|%2d)?){2}[a-z0-9]{4}(?![A-Za-z0-9])/gi,
    certain: (match) => hasDigit(match) || match.split('-').length === 4,
  },
  {
    reason: 'a code',
    // Glued to letters or digits: all its dashes are there.
    pattern: /at-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}/gi,
    certain: (match, before) => hasDigit(match) && isBoundary(before),
  },
  {
    reason: 'a code',
    // Glued to small letters: it stands out by its capitals.
    pattern: /(?<![A-Z0-9])AT[A-Z0-9]{12}(?![A-Z0-9])/g,
    certain: (match, before) => hasDigit(match) && isBoundary(before),
  },
  {
    reason: 'a code',
    pattern: /(?<![A-Za-z0-9])AT[ _]?(?:[A-Z0-9]{4}[ _]?){2}[A-Z0-9]{4}(?![A-Za-z0-9])/g,
    certain: hasDigit,
  },
  {
    reason: 'a code',
    pattern: /(?<![A-Za-z0-9-])(?=[a-z-]{0,13}\d)[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}(?![A-Za-z0-9-])/gi,
    certain: () => false,
  },
  {
    reason: 'a JWT',
    pattern: /eyJ[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_-]*){0,4}/g,
    certain: (match) => match.includes('.'),
  },
  { reason: 'an AWS access key', pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g },
  {
    reason: 'an AWS secret key',
    pattern: /(?<![A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_.-])/g,
    certain: (match) =>
      /[a-z]/.test(match) && /[A-Z]/.test(match) && /\d.*\d/.test(match) && !/\/.*\/.*\//.test(match),
  },
  { reason: 'a Google credential', pattern: /AIza[\w-]{35,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}/g },
  { reason: 'a GitHub token', pattern: /gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{22,}/g },
  { reason: 'a GitLab token', pattern: /gl(?:pat|oat|dt|rt|cbt|ptt|ft|imt|soat|ffct|agent)-[\w-]{20,}/g },
  {
    reason: 'a Slack credential',
    pattern:
      /xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{16,}/g,
  },
  {
    reason: 'a Discord credential',
    pattern:
      /[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}|discord(?:app)?\.com\/api\/webhooks\/\d{5,20}\/[\w-]{16,}/g,
  },
  { reason: 'an API key', pattern: /sk-(?:ant|proj|or-v1|svcacct|admin)-[\w-]{16,}/g },
  {
    reason: 'an API key',
    pattern: /(?<![A-Za-z0-9])sk-[\w-]{20,}/g,
    certain: (match) => /[A-Za-z0-9]{20}/.test(match) || /\d.*\d/.test(match),
  },
  {
    reason: 'a Stripe key',
    pattern: /(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{16,}={0,2}/g,
  },
  {
    reason: 'an access token',
    pattern:
      /(?:npm_|hf_|api_org_|gsk_|r8_|shp(?:at|ca|pa|ss)_|dop_v1_|doo_v1_|dckr_(?:pat|oat)_|figd_|lin_api_|sbp_|ntn_|nfp_|PMAK-|ATATT3|xai-|pplx-|nvapi-|tskey-|tvly-|hv[sb]\.|pypi-AgE|sntrys_|glsa_|AGE-SECRET-KEY-1|fo1_|EAACEdEose0cBA)[A-Za-z0-9_=-]{20,}/g,
    certain: (match) => hasDigit(match) || /[A-Za-z0-9]{20}/.test(match),
  },
  { reason: 'a SendGrid key', pattern: /SG\.[\w-]{16,32}\.[\w-]{16,}/g },
  { reason: 'a Twilio credential', pattern: /SK[0-9a-f]{32}/g },
  { reason: 'a Twilio account', pattern: /AC[0-9a-f]{32}/g, certain: () => false },
  { reason: 'an API key', pattern: /(?:dapi|key-)[0-9a-f]{32}/g },
  { reason: 'a Telegram bot token', pattern: /\d{6,12}:[\w-]{35,}/g, certain: hasDigit },
  { reason: 'an Azure client secret', pattern: /[\w~.-]{3}[78]Q~[\w~.-]{31,}/g },
  {
    reason: 'an Azure account key',
    // A SHA-512 integrity value and an Ed25519 signature have this form too.
    pattern: /(?<![A-Za-z0-9+/]|sha512-)[A-Za-z0-9+/]{86}==/g,
    certain: () => false,
  },
  {
    reason: 'an encoded private key',
    pattern:
      /(?:LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFURS|BPUEVOU1NI|BFQyBQUklWQVRF|BFTkNSWVBURUQg)|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=_-]*/g,
  },
];

/** Every stretch of the text that looks like a credential, in no particular order; stretches may overlap. */
export function findCredentials(text: string): Finding[] {
  const findings = findPlain(text);
  for (const { start, end, decoded } of encodedRuns(text)) {
    const inside = findPlain(decoded);
    const [found] = inside.filter(({ certain }) => certain).concat(inside);
    if (found) findings.push({ start, end, reason: `${found.reason} in base64`, certain: found.certain });
  }
  return findings;
}

/** The same without what is encoded. */
function findPlain(text: string): Finding[] {
  const known = findKnownSecrets(text).map((stretch) => ({
    ...stretch,
    reason: 'a secret of this server',
    certain: true,
  }));
  const findings = [...known, ...findPrivateKeys(text), ...findUserInfo(text), ...findPairs(text)];
  for (const { reason, pattern, certain } of shapes) {
    for (const match of text.matchAll(pattern)) {
      const before = text[match.index - 1] ?? '';
      const end = match.index + match[0].length;
      findings.push({ start: match.index, end, reason, certain: certain?.(match[0], before) ?? true });
    }
  }
  return findings;
}

/** "Bearer OAuth2" and "Basic authentication" describe; a value has a digit, or the length of no word. */
function isBearerValue(value: string): boolean {
  if (isPlainWord(value) || /^(?:oauth|jwt|oidc)/i.test(value)) return false;
  return value.length >= 16 || (value.length >= 8 && hasDigit(value));
}

/** PEM, OpenSSH, PGP and PuTTY private keys: from the first line to the last, or to the end where that is cut off. */
function findPrivateKeys(text: string): Finding[] {
  const findings: Finding[] = [];
  const begin = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const last = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{0,5}|Private-MAC: ?[0-9a-f]*/g;
    last.lastIndex = begin.lastIndex;
    const end = last.exec(text) === null ? text.length : last.lastIndex;
    findings.push({ start: match.index, end, reason: 'a private key', certain: true });
    begin.lastIndex = end;
  }
  return findings;
}

/** The user part of a URL's authority: `https://user:password@host`, `https://token@host`. */
function findUserInfo(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(/([a-z0-9+.-]{0,20}):\/\/([^\s"'`<>\\]*)/gi)) {
    const rest = match[2] ?? '';
    const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
    // An unescaped slash in a password ends the authority early, and leaves a port that is none.
    const port = authority.includes(':') ? authority.slice(authority.lastIndexOf(':') + 1) : '';
    const misread = !authority.includes('@') && !/^\d{0,5}$/.test(port) && !port.includes(']');
    const at = (misread ? rest : authority).lastIndexOf('@');
    if (at <= 0) continue;
    const start = match.index + match[0].length - rest.length;
    // `ssh://git@host` names an account; a user without a password on the web is a token.
    const certain = rest.slice(0, at).includes(':') || /^(?:https?|wss?)$/i.test(match[1] ?? '');
    findings.push({ start, end: start + at, reason: 'a URL with a user and password', certain });
  }
  return findings;
}
