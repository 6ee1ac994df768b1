/** Where a text holds what says who called from where: internet addresses, and the query strings of URLs. */

/** A stretch of text, from its first character to the one after its last. */
export interface Stretch {
  start: number;
  end: number;
}

const ipv4 = /(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)|(?<![A-Za-z0-9])ip(?:-\d{1,3}){4}(?!\d)/gi;

/** Anything with the colons of an IPv6 address; {@link isIpv6} decides. */
const colonGroups = /(?<![0-9A-Za-z])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?![0-9A-Za-z])/gi;

/** `?name=…` and `#name=…` up to the end of the URL, without the mark itself. */
const queryOrFragment = /(?<=[?#])[^\s"'`<>?#=]{1,200}=[^\s"'`<>]*/g;

/** Every IPv4 and IPv6 address in the text. */
export function findAddresses(text: string): Stretch[] {
  const found: Stretch[] = [];
  for (const match of text.matchAll(ipv4)) {
    if (match[0].startsWith('i') || match[0].split('.').every((part) => Number(part) < 256))
      found.push(stretch(match));
  }
  for (const match of text.matchAll(colonGroups)) if (isIpv6(match[0])) found.push(stretch(match));
  return found;
}

/** Every query string and every fragment that holds parameters. */
export function findQueries(text: string): Stretch[] {
  const found = [...text.matchAll(queryOrFragment)].map(stretch);
  // After a scheme any query counts, also one that is a bare token. The pattern takes the URL whole, so that a text
  // of nothing but schemes is read once.
  for (const match of text.matchAll(/:\/\/[^\s"'`<>]+/g)) {
    const { start, end } = stretch(match);
    const mark = match[0].indexOf('?');
    if (mark >= 0 && start + mark + 1 < end) found.push({ start: start + mark + 1, end });
  }
  return found;
}

/** Eight groups, or fewer around one `::`. A time of day has three groups and a colon at no end. */
function isIpv6(text: string): boolean {
  const groups = text.split(':').length;
  const gaps = text.split('::').length - 1;
  if (!/[0-9a-f]/i.test(text) || text.includes(':::')) return false;
  const loose = /^:(?!:)|(?<!:):$/.test(text);
  return !loose && ((gaps === 0 && groups === 8) || (gaps === 1 && groups <= 9));
}

function stretch(match: RegExpMatchArray): Stretch {
  const start = match.index ?? 0;
  return { start, end: start + match[0].length };
}
