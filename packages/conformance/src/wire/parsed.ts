/** What a text says as JSON; a text that is none stands as it came. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
export function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
