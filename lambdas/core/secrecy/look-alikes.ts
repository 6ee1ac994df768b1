/** Letters of other scripts, marks and characters without width, by which a name or a code looks like another. */

/** Greek and Cyrillic letters that no reader can tell from the Latin letter below them. */
const twins = [
  'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВСЕНІЈКМОРЅТУХ' + 'αεικνορτυχавсеһіјкмоԛԝрѕтухԁɡıſ',
  'ABEZHIKMNOPTYXABCEHIJKMOPSTYX' + 'aeikvoptyxabcehijkmoqwpstyxdgis',
] as const;
const latinTwin = new Map([...twins[0]].map((letter, at) => [letter, twins[1][at]!]));

/** The name as it looks: Latin letters for their twins, no marks, nothing that has no width. ASCII stays as it is. */
export function asItLooks(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\u115f\u1160\u3164\uffa0]/gu, '')
    .replace(/[^\x20-\x7e]/gu, (letter) => latinTwin.get(letter) ?? letter);
}
