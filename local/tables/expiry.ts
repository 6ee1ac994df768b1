/** DynamoDB's time to live: rows past their time are deleted some time later, so that a table does not grow without end. */
import { DYNAMODB, type EngineClient } from './engine-client';
import type { LocalTable } from './tables';

/** AWS takes up to two days; until then a row stays readable, and nobody may rely on its absence. */
const LATE_SECONDS = 60 * 60;

const SWEEP_MS = 10 * 60_000;

/** Looks through the tables every ten minutes until it is stopped. */
export function startExpiry(
  engine: EngineClient,
  tables: LocalTable[],
  log: (line: string) => void,
): () => void {
  const timer = setInterval(() => {
    deleteExpired(engine, tables, Date.now()).catch((error) =>
      log(`Expired rows were not deleted: ${(error as Error).message}`),
    );
  }, SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Deletes the rows whose time was an hour ago; gives their number. */
export async function deleteExpired(
  engine: EngineClient,
  tables: LocalTable[],
  nowMs: number,
): Promise<number> {
  const before = { ':before': { N: String(Math.floor(nowMs / 1_000) - LATE_SECONDS) } };
  let deleted = 0;
  for (const { name, keyAttributes, ttlAttribute } of tables) {
    if (ttlAttribute === undefined) continue;
    const condition = {
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: before,
    };
    let from: unknown;
    do {
      const page = await engine.call(`${DYNAMODB}.Scan`, {
        TableName: name,
        FilterExpression: '#ttl < :before',
        ExclusiveStartKey: from,
        ...condition,
      });
      for (const item of page.Items as Array<Record<string, unknown>>) {
        const Key = Object.fromEntries(keyAttributes.map((attribute) => [attribute, item[attribute]]));
        // It may have been given more time meanwhile.
        const ConditionExpression = '#ttl < :before';
        await engine
          .call(`${DYNAMODB}.DeleteItem`, { TableName: name, Key, ConditionExpression, ...condition })
          .then(
            () => {
              deleted += 1;
            },
            (error: Error) => {
              if (error.name !== 'ConditionalCheckFailedException') throw error;
            },
          );
      }
      from = page.LastEvaluatedKey;
    } while (from);
  }
  return deleted;
}
