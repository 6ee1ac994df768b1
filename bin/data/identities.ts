/** What a pairing is made of: who is registered, and which Apps are paired with them. All else of a server is of the moment. */
import type { Item, Line } from './row-file';
import { putNew, rowsOf, type Tables } from './tables';

/** The tables that hold identities, and which of their columns belong to the server that they stand on. */
const kinds = [
  { table: 'GatewaysTable', key: 'gatewayId', momentary: ['sockets', 'accessCodeHash', 'leftAt'] },
  { table: 'ClientsTable', key: 'clientId', momentary: ['sockets', 'calls', 'streams'] },
] as const;

/** The tables that must be there. */
export const identityTables: readonly string[] = kinds.map(({ table }) => table);

/** Every identity, without what is of the moment: sockets, codes that wait, calls under way. */
export async function* identitiesOf(tables: Tables): AsyncGenerator<Line> {
  const leaving = new Set<string>();
  for (const { table, momentary } of kinds) {
    for await (const item of rowsOf(tables, table)) {
      const gateway = JSON.stringify(item.gatewayId);
      // Its removal has begun: nothing of it authenticates any more.
      if (item.removedAt !== undefined) leaving.add(gateway);
      if (!leaving.has(gateway)) yield { table, item: without(item, momentary) };
    }
  }
}

/** How an import went. */
export interface Imported {
  written: number;
  /** Were there already, and stay as they are. */
  there: number;
}

/** Writes identities; one that is there stays as it is, so an import can be repeated. */
export async function importIdentities(tables: Tables, lines: Line[]): Promise<Imported> {
  const count = { written: 0, there: 0 };
  for (const line of lines) {
    const kind = kinds.find(({ table }) => table === line.table);
    if (kind && 'item' in line) count[await putNew(tables, kind.table, line.item, kind.key)] += 1;
  }
  return count;
}

function without(item: Item, members: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !members.includes(name)));
}
