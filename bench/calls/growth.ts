/** Whether a call costs the same however much is stored: rows are put into the tables, and a call is metered again. */

import type { Host, HostOptions } from '../../local/host';
import { DYNAMODB, type EngineClient, engineClient } from '../../local/tables/engine-client';
import { call } from '../../test/support/api';
import { percentile } from '../figures/statistics';
import { startMeteredRelay, tableNamed } from '../metering/metered-relay';
import { followRpcs, type Pair, pairUp } from '../metering/rpc-path';

/** A call's cost beside so many stored rows. */
export interface GrowthRow {
  gateways: number;
  storedRows: number;
  callsInSequence: number;
  callsInAll: number;
  readUnits: number;
  writeUnits: number;
  /** Median of undisturbed calls on this machine. */
  callMs: number;
}

/** A state of the tables to meter a call in. */
export interface Population {
  gateways: number;
  /** Rows in all tables together: gateways, a client each, and calls that have ended. */
  storedRows: number;
}

const timedCalls = 30;
/** DynamoDB takes no more in one BatchWriteItem. */
const rowsPerBatch = 25;
const batchesAtOnce = 4;

type Row = Record<string, Record<string, unknown>>;

/** Meters a call in each population, each larger than the one before. */
export async function measureGrowth(
  assembly: Pick<HostOptions, 'assembly' | 'directory'>,
  populations: readonly Population[],
  progress: (text: string) => void,
): Promise<GrowthRow[]> {
  const relay = await startMeteredRelay(assembly);
  const engine = engineClient(relay.host.aws.dynamodbUrl);
  const rows: GrowthRow[] = [];
  try {
    const pair = await pairUp(relay);
    await call(relay.url, pair.app, { method: 'bench', id: 'template' });
    const fill = await filler(relay.host, engine, pair);
    for (const { gateways, storedRows } of populations) {
      progress(`${gateways} gateways, ${storedRows} rows`);
      await fill({ gateways, storedRows });
      const paths = await followRpcs(relay, pair);
      const { sums, waitReads } = paths.reduce((one, other) =>
        other.sums.writeUnits < one.sums.writeUnits ? other : one,
      );
      const times: number[] = [];
      for (let n = 0; n < timedCalls; n += 1) {
        const startedAt = performance.now();
        await call(relay.url, pair.app, { method: 'bench' });
        times.push(performance.now() - startedAt);
      }
      // How often the waiter reads depends on the moment; that it reads once is the rule here.
      const spare = Math.max(0, waitReads - 1);
      rows.push({
        gateways,
        storedRows,
        callsInSequence: sums.inSequence - spare,
        callsInAll: sums.inAll - spare,
        readUnits: sums.readUnits - spare,
        writeUnits: sums.writeUnits,
        callMs: percentile(times, 0.5),
      });
    }
  } finally {
    engine.close();
    await relay.stop();
  }
  return rows;
}

/** Adds copies of real rows under other keys until a population stands. */
async function filler(host: Host, engine: EngineClient, { app }: Pair) {
  const [gateways, clients, rpcs] = ['Gateways', 'Clients', 'Rpcs'].map((word) => tableNamed(host, word));
  const [gateway, client, rpc] = await Promise.all([
    oneRow(engine, gateways!, 'gatewayId', app.gatewayId),
    oneRow(engine, clients!, 'gatewayId', app.gatewayId),
    oneRow(engine, rpcs!, 'gatewayId', app.gatewayId),
  ]);
  const stored = { gateways: 1, rpcs: 1 };
  return async (wanted: Population) => {
    const copies: Array<[table: string, row: Row]> = [];
    for (; stored.gateways < wanted.gateways; stored.gateways += 1) {
      const gatewayId = { S: `gw_bench${stored.gateways}` };
      copies.push([gateways!, { ...gateway, gatewayId }], [clients!, { ...client, gatewayId }]);
    }
    for (; stored.rpcs < wanted.storedRows - 2 * wanted.gateways; stored.rpcs += 1) {
      const gatewayId = { S: `gw_bench${stored.rpcs % wanted.gateways}` };
      copies.push([rpcs!, { ...rpc, gatewayId, callKey: { S: `bench${stored.rpcs}` } }]);
    }
    await writeAll(engine, copies);
  };
}

async function oneRow(engine: EngineClient, table: string, attribute: string, value: string): Promise<Row> {
  const { Items } = await engine.call(`${DYNAMODB}.Scan`, { TableName: table });
  const found = (Items as Row[]).find((row) => row[attribute]?.S === value);
  if (!found) throw new Error(`The table ${table} has no row to copy.`);
  return found;
}

async function writeAll(engine: EngineClient, rows: Array<[table: string, row: Row]>): Promise<void> {
  const batches: Array<typeof rows> = [];
  for (let at = 0; at < rows.length; at += rowsPerBatch) batches.push(rows.slice(at, at + rowsPerBatch));
  const writer = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) await writeBatch(engine, batch);
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, writer));
}

async function writeBatch(engine: EngineClient, rows: Array<[table: string, row: Row]>): Promise<void> {
  const RequestItems: Record<string, unknown[]> = {};
  for (const [table, Item] of rows) {
    RequestItems[table] ??= [];
    RequestItems[table].push({ PutRequest: { Item } });
  }
  const { UnprocessedItems = {} } = await engine.call(`${DYNAMODB}.BatchWriteItem`, { RequestItems });
  if (Object.keys(UnprocessedItems).length > 0) throw new Error('The engine left rows unwritten.');
}
