/** Schemas as JSON Schema: what has a name stands among the components, and is referred to by it everywhere else. */
import * as z from 'zod';

/** A JSON object of a document. */
export type Json = Record<string, unknown>;

/** Where the components of both documents stand. */
const prefix = '#/components/schemas/';

/**
 * Every named schema, by name, as what a caller may send (`io: 'input'`): a default is not required. AsyncAPI's own dialect
 * is draft 7, OpenAPI's 2020-12.
 */
export function namedSchemas(target: 'draft-7' | 'draft-2020-12'): Record<string, Json> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: 'input',
    target,
    unrepresentable: 'throw',
    uri: (id) => `${prefix}${id}`,
  });
  const entries = Object.entries(schemas).map(([name, schema]): [string, Json] => [
    name,
    bare(schema as Json),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A schema where it is used: a reference where it has a name, else itself. */
export function schemaOf(
  schema: z.core.$ZodType,
  target: 'draft-7' | 'draft-2020-12' = 'draft-2020-12',
): Json {
  const id = z.globalRegistry.get(schema)?.id;
  if (id) return { $ref: prefix + id };
  return bare(z.toJSONSchema(schema, { io: 'input', target }) as Json);
}

/** The names that a document refers to, directly or through others. */
export function usedNames(document: unknown, schemas: Record<string, Json>): Set<string> {
  const used = new Set<string>();
  const visit = (part: unknown) => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name!)) continue;
      used.add(name!);
      visit(schemas[name!]);
    }
  };
  visit(document);
  return used;
}

function bare({ $schema: _, $id: __, id: ___, ...schema }: Json): Json {
  return schema;
}
