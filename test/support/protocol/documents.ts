/** The documents in `docs/` as judges: what may be answered where, and which frames may be sent to whom. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

// biome-ignore lint/suspicious/noExplicitAny: documents are JSON of every shape
export type Json = any;

export const openApi: Json = closed(read('openapi.json'));
export const asyncApi: Json = closed(read('asyncapi.json'));

const judges = {
  openApi: judgeOf(new Ajv2020({ strict: false, allErrors: true }), openApi),
  asyncApi: judgeOf(new Ajv({ strict: false, allErrors: true }), asyncApi),
};

/** What is wrong with a value by the schema at a JSON pointer of a document; undefined when nothing is. */
export function faultOf(
  document: 'openApi' | 'asyncApi',
  pointer: string,
  value: unknown,
): string | undefined {
  const { ajv, compiled } = judges[document];
  let validate = compiled.get(pointer);
  if (!validate) {
    validate = ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, validate);
  }
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'it' });
}

/** A step of a JSON pointer. */
export function step(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function judgeOf(ajv: Ajv | Ajv2020, document: Json) {
  addFormats(ajv as Ajv);
  ajv.addSchema({ ...document, $id: 'document' });
  return { ajv, compiled: new Map<string, ValidateFunction>() };
}

function read(name: string): Json {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'docs', name), 'utf8'));
}

/**
 * Callers must bear members that they do not know; this server must not send them. So here an object with members has no
 * others, but where the schema allows them in words, and in a part that only narrows another.
 */
function closed(part: Json, narrows = false): Json {
  if (Array.isArray(part)) return part.map((each) => closed(each, narrows));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([name, value]) => [name, closed(value, name === 'allOf')]);
  const isObject = part.type === 'object' && part.properties && part.additionalProperties === undefined;
  return { ...Object.fromEntries(entries), ...(isObject && !narrows ? { additionalProperties: false } : {}) };
}
