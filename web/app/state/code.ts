/** For the relay alone, and with the four that seal. */
const LENGTHS = [12, 16];
const LONGEST = 16;

/** What was typed as a code, in groups, as far as it goes: `AT-7F3K-Q2`. Any spelling will do. */
export function groupCode(typed: string): string {
  const plain = plainOf(typed);
  // What may be the beginning of the prefix is left as it is, so that it can be taken back.
  if (plain === '' || plain === 'A') return typed.trim().toUpperCase().slice(0, 3);
  return `AT-${plain.match(/.{1,4}/g)!.join('-')}`;
}

/** Whether the code is whole. */
export function isWhole(typed: string): boolean {
  return LENGTHS.includes(plainOf(typed).length);
}

/** Whether it has the four characters that the relay never sees. */
export function isSealing(typed: string): boolean {
  return plainOf(typed).length === LONGEST;
}

/** The code in a text, such as a link or what a camera read; `undefined` when there is none. */
export function codeIn(text: string): string | undefined {
  const found = /(?:^|[#/=\s])AT-?((?:[0-9A-Z]{4}-?){2}[0-9A-Z]{4}(?:-?[0-9A-Z]{4})?)(?:$|[\s&])/i.exec(text);
  return found ? groupCode(found[1]!) : undefined;
}

function plainOf(typed: string): string {
  const plain = typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return plain.replace(/^AT/, '').replace(/O/g, '0').replace(/[IL]/g, '1').slice(0, LONGEST);
}
