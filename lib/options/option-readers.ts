/** How the texts of options are read. A reader gives undefined for a text that breaks its rule. */

/** Reads one option. */
export type Reader<T> = (text: string) => T | undefined;

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number): Reader<number> {
  return (text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined;
  };
}

/** A text that a pattern fits from end to end. */
export function text(pattern: RegExp): Reader<string> {
  return (value) => (pattern.test(value) ? value : undefined);
}

/** One of a few words, each with what it stands for. */
export function word<T>(meanings: Record<string, T>): Reader<T> {
  return (value) => (Object.hasOwn(meanings, value) ? meanings[value] : undefined);
}

/** Texts separated by commas; `*` stands alone. */
export function list(pattern: RegExp): Reader<string[]> {
  return (value) => {
    const items = value.split(',').map((item) => item.trim());
    if (items.length === 1 && items[0] === '*') return items;
    return items.every((item) => pattern.test(item)) ? items : undefined;
  };
}
