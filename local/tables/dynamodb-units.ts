/** Request units: the engine's own count, and what AWS charges for writes that failed, which no answer tells. */
import type { JsonInput } from '../types';

type Value = Record<string, unknown>;

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** A write unit is one kilobyte. */
const WRITE_UNIT_BYTES = 1024;

/** Units of a call by its answer: `ConsumedCapacity`, or an estimate for a failed condition. */
export function unitsOf(
  operation: string,
  input: JsonInput,
  answer: JsonInput,
): { readUnits: number; writeUnits: number } {
  const capacities = [answer.ConsumedCapacity ?? []].flat() as Array<{ CapacityUnits?: number }>;
  const consumed = capacities.reduce((sum, capacity) => sum + (capacity.CapacityUnits ?? 0), 0);
  if (!WRITES.has(operation)) return { readUnits: consumed, writeUnits: 0 };
  return { readUnits: 0, writeUnits: consumed || failedWriteUnits(input, answer) };
}

/**
 * A failed condition costs what its item's size would, at least one unit, and a cancelled transaction twice that
 * for each of its items. Items that the answer does not show count as one kilobyte.
 */
function failedWriteUnits(input: JsonInput, answer: JsonInput): number {
  const type = String(answer.__type ?? '');
  if (type.endsWith('#ConditionalCheckFailedException')) return writeUnits(answer.Item);
  if (!type.endsWith('#TransactionCanceledException')) return 0;
  const entries = (input.TransactItems ?? []) as JsonInput[];
  return entries.reduce(
    (sum, entry, i) => sum + 2 * writeUnits(answer.CancellationReasons?.[i]?.Item ?? entry.Put?.Item),
    0,
  );
}

function writeUnits(item: Record<string, Value> | undefined): number {
  return Math.max(1, Math.ceil(itemBytes(item ?? {}) / WRITE_UNIT_BYTES));
}

/** Size of an item by DynamoDB's rules: names and values in UTF-8, numbers by digits, three bytes per container. */
export function itemBytes(item: Record<string, Value>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: Value): number {
  const [type, content] = Object.entries(value)[0] ?? ['NULL', true];
  switch (type) {
    case 'S':
      return Buffer.byteLength(content as string);
    case 'N':
      return numberBytes(content as string);
    case 'B':
      return Buffer.from(content as string, 'base64').length;
    case 'SS':
      return (content as string[]).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    case 'NS':
      return (content as string[]).reduce((sum, digits) => sum + numberBytes(digits), 0);
    case 'BS':
      return (content as string[]).reduce((sum, bytes) => sum + Buffer.from(bytes, 'base64').length, 0);
    case 'L':
      return (content as Value[]).reduce((sum, element) => sum + 1 + valueBytes(element), 3);
    case 'M': {
      const map = content as Record<string, Value>;
      return 3 + Object.keys(map).length + itemBytes(map);
    }
    default:
      return 1;
  }
}

function numberBytes(digits: string): number {
  return Math.ceil(digits.replace(/[^\d]/g, '').replace(/^0+|0+$/g, '').length / 2) + 1;
}
