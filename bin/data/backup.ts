/** All tables of a server of this machine in one file, and back. */
import type { Line } from './row-file';
import { type Definition, define, definitionOf, putNew, rowsOf, type Tables } from './tables';

/** Every table with every row. A server may go on meanwhile: each row is as it was when it was read. */
export async function* everythingOf(tables: Tables): AsyncGenerator<Line> {
  for (const table of tables.names.keys()) {
    yield { table, definition: { ...(await definitionOf(tables, table)) } };
    for await (const item of rowsOf(tables, table)) yield { table, item };
  }
}

/** Makes the tables of a backup in a new file; gives the number of rows. */
export async function restoreEverything(tables: Tables, lines: Line[]): Promise<number> {
  const names = new Map(lines.map(({ table }): [string, string] => [table, table]));
  const keys = new Map<string, string>();
  let rows = 0;
  for (const line of lines) {
    if ('definition' in line) {
      const definition = line.definition as unknown as Definition;
      await define(tables, definition);
      keys.set(line.table, definition.create.KeySchema![0]!.AttributeName!);
    } else {
      await putNew({ ...tables, names }, line.table, line.item, keys.get(line.table)!);
      rows += 1;
    }
  }
  return rows;
}
