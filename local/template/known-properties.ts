/**
 * Throws on a property that the local host would silently ignore: a template must mean the same here as on AWS.
 * `ignored` names those that are known to change nothing on one machine.
 */
export function expectKnownProperties(
  logicalId: string,
  properties: object,
  known: readonly string[],
  ignored: readonly string[] = [],
): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || known.includes(name) || ignored.includes(name)) continue;
    throw new Error(`${logicalId}: the local host does not know the property ${name}`);
  }
}
