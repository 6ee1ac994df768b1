/**
 * Names and values inside a text: `token=…`, `"apiKey": "…"`, `Authorization: Bearer …`, `--password …`, the
 * parameters of a URL. One pass from left to right; every character is looked at a bounded number of times.
 */
import { judgeKey, type KeyVerdict } from './credential-keys';
import { isCredentialUnder, isPlainWord } from './credential-values';

/** A stretch of text that is a credential. `certain` is false where prose could look the same. */
export interface Finding {
  start: number;
  end: number;
  reason: string;
  certain: boolean;
}

/** A name and what separates it from its value. Begins only where a run begins, or a long run would cost its square. */
const nameAndSeparator = /(?<![\w$.-])([\w$.-]+)(\\{0,7}["'`]?\]?[ \t]{0,64}(?:=>|:=|==?|:)[ \t]{0,64})/g;

/** A command line option whose value is the next word. */
const optionAndBlank = /(?<![\w$.-])(--?[A-Za-z][\w-]*)([ \t]+)(?![-=:\s])/g;

/** Names that are credentials only as a parameter of a URL. */
const parameterNames = /^(?:key|sig|signature|code|auth|sid|access|hmac|k)$/i;

/** Names whose unquoted value goes on to the end of the line, blanks and all. */
const wholeLineNames =
  /(?:authorization|cookie|pass[-_ ]?phrase|mnemonic|(?:seed|recovery)[-_ ]?phrase|private[-_ ]?key)$/i;

const maxNameLength = 96;

/** Every value in the text whose name says that it is a credential. */
export function findPairs(text: string): Finding[] {
  return [...scan(text, nameAndSeparator), ...scan(text, optionAndBlank)];
}

function scan(text: string, pattern: RegExp): Finding[] {
  const findings: Finding[] = [];
  const verdicts = new Map<string, KeyVerdict>();
  const search = new RegExp(pattern);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const before = text[match.index - 1] ?? '';
    const separator = match[2] ?? '';
    const name = fullName(text, match.index, (match[1] ?? '').slice(-maxNameLength));
    const inUrl = /[?&#;]/.test(before) && separator === '=';
    const verdict = inUrl && parameterNames.test(name) ? 'scheme' : (verdicts.get(name) ?? judgeKey(name));
    verdicts.set(name, verdict);
    if (verdict === 'plain' || verdict === 'public') continue;

    const value = readValue(text, search.lastIndex, verdict, restOfValue(name, before));
    if (value === undefined || !isCredentialUnder(verdict, asValue(value))) continue;
    const told = inUrl ? verdict === 'secret' : /[="'`]/.test(separator);
    const certain = value.whole && (told || (value.text.length >= 6 && !isPlainWord(value.text)));
    findings.push({ start: value.start, end: value.end, reason: 'a value named as a credential', certain });
    search.lastIndex = Math.max(value.end, search.lastIndex);
  }
  return findings;
}

/** How an unquoted value of this name goes on: a word, or all of its line (of its quotes, where it stands in some). */
function restOfValue(name: string, before: string): RegExp {
  if (!wholeLineNames.test(name)) return /[^\s"'`&<>]*/y;
  return /["'`]/.test(before) ? /[^\r\n"'`]*/y : /[^\r\n]*/y;
}

/** `api key: …` and `access code: …` have a blank in their name. */
function fullName(text: string, start: number, name: string): string {
  if (!/^(?:keys?|codes?|phrase|word)$/i.test(name) || text[start - 1] !== ' ') return name;
  return `${/[A-Za-z]+$/.exec(text.slice(Math.max(0, start - 24), start - 1))?.[0] ?? ''} ${name}`;
}

/** Unquoted numbers and literals are what JSON means by them. */
function asValue({ text, quoted }: Value): unknown {
  if (quoted) return text;
  if (/^(?:null|true|false|undefined|None|nil)$/.test(text)) return null;
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

interface Value {
  start: number;
  end: number;
  text: string;
  quoted: boolean;
  /** False for an object or array, whose members are judged by their own names as well. */
  whole: boolean;
}

function readValue(text: string, from: number, verdict: KeyVerdict, rest: RegExp): Value | undefined {
  const opening = /(\s{0,64})(\\{0,7})(["'`])/y;
  opening.lastIndex = from;
  const quote = opening.exec(text);
  if (quote !== null) {
    const start = opening.lastIndex;
    const end = closingQuote(text, start, quote[3] ?? '"', quote[2]?.length ?? 0);
    return { start, end, text: text.slice(start, end), quoted: true, whole: true };
  }
  const bracket = text[from] === '[' || text[from] === '{';
  // The members of `auth: {…}` and `key: […]` are judged by their own names.
  if (bracket && verdict !== 'secret' && (verdict === 'opaque' || text[from] === '{')) return undefined;
  let end = bracket ? closingBracket(text, from) : from;
  rest.lastIndex = end;
  end += rest.exec(text)?.[0].length ?? 0;
  // What closes the sentence or the object around the value is not part of it.
  const closing = /[{[(]/.test(text.slice(from, end)) ? ',;.\\ ' : ',;.)]}\\ ';
  while (end > from && closing.includes(text[end - 1] ?? '')) end--;
  return end > from
    ? { start: from, end, text: text.slice(from, end), quoted: false, whole: !bracket }
    : undefined;
}

/** Where the quoted value ends: at a quote with no more backslashes than the opening one had, or with the text. */
function closingQuote(text: string, from: number, quote: string, depth: number): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++;
    if (slashes <= depth) return at - slashes;
    // An even number of backslashes escape each other: `"abc\\"` ends here.
    if (depth === 0 && slashes % 2 === 0) return at;
  }
  return text.length;
}

function closingBracket(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{' || text[at] === '[') depth++;
    else if ((text[at] === '}' || text[at] === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}
