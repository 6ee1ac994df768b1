/**
 * Values by names that callers choose. They are objects without a prototype, because events and templates want objects:
 * no name, be it `__proto__` or `constructor`, means anything but itself.
 */

/** An object of pairs; the last value of a name wins. */
export function byName<T>(pairs: Iterable<readonly [string, T]>): Record<string, T> {
  const values: Record<string, T> = Object.create(null);
  for (const [name, value] of pairs) values[name] = value;
  return values;
}

/** The multi-value maps of an event. */
export function allValues(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const values = byName<string[]>([]);
  for (const [name, value] of pairs) {
    values[name] ??= [];
    values[name].push(value);
  }
  return values;
}
