/** What a text says as JSON; undefined where it is none. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
export function jsonOf(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same; a text that is none stands as it came. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
export function parsed(text: string): any {
  const value = jsonOf(text);
  return value === undefined ? text : value;
}
