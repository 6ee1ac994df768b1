/**
 * Filter patterns of event source mappings, for DynamoDB records: exact values, `prefix`, `suffix`, `exists` and
 * `anything-but`. DynamoDB writes numbers as strings, so Lambda's numeric rules never match there; they throw here.
 */

/** Tells whether a record passes. */
export type RecordFilter = (record: unknown) => boolean;

/** Compiles the `FilterCriteria` of a mapping: a record passes when any pattern does. Throws on an unknown rule. */
export function compileFilters(
  criteria: { Filters?: Array<{ Pattern?: string }> } | undefined,
): RecordFilter {
  const patterns = (criteria?.Filters ?? []).map(({ Pattern }) =>
    compilePattern(JSON.parse(Pattern ?? '{}'), []),
  );
  return (record) => patterns.length === 0 || patterns.some((passes) => passes(record));
}

function compilePattern(pattern: unknown, path: string[]): RecordFilter {
  if (Array.isArray(pattern)) {
    const rules = pattern.map((rule) => compileRule(rule, path));
    return (value) => rules.some((holds) => holds(value));
  }
  if (pattern === null || typeof pattern !== 'object')
    throw new Error(`The filter at ${path.join('.')} must be an object or a list of values.`);
  const members = Object.entries(pattern).map(([name, inner]) => {
    if (name === '$or') throw new Error('The local host does not know $or in an event filter.');
    return { name, passes: compilePattern(inner, [...path, name]) };
  });
  return (value) =>
    members.every(({ name, passes }) =>
      passes(
        value !== null && typeof value === 'object' && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      ),
    );
}

function compileRule(rule: unknown, path: string[]): RecordFilter {
  if (rule === null || typeof rule !== 'object') return (value) => value === rule;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(rule);
  if (others.length === 0) {
    if (name === 'prefix') return (value) => typeof value === 'string' && value.startsWith(String(argument));
    if (name === 'suffix') return (value) => typeof value === 'string' && value.endsWith(String(argument));
    // Lambda's `exists` looks at leaves only: an object in the record does not count as being there.
    if (name === 'exists') return (value) => (value !== undefined && !isObject(value)) === argument;
    if (name === 'anything-but' && !isObject(argument)) {
      const refused = [argument].flat();
      return (value) => value !== undefined && !refused.includes(value);
    }
  }
  throw new Error(
    `The local host does not know the event filter rule ${JSON.stringify(rule)} at ${path.join('.')}.`,
  );
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
