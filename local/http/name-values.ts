/** The maps of names and values that the events of both kinds of API hold. */

/** The single-value maps of an event: the last value of a name wins. */
export function lastValues(pairs: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries(pairs);
}

/** The multi-value maps of an event. */
export function allValues(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    values[name] ??= [];
    values[name].push(value);
  }
  return values;
}
