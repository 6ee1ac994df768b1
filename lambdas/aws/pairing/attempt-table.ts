/**
 * `Attempts`: one row per source of redeems, and one per minute for all of them.
 * attemptKey (hash of the source) · taken, failures · failedAt?, windowEndsAt (ms) · expiresAt (s)
 * attemptKey ("all#" and the minute) · failures · expiresAt (s)
 */
import type { AttemptStore } from '../../core/pairing/attempt-ports';
import { guessLimits } from '../../core/pairing/attempts';
import { UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, readTogether, seconds } from '../dynamo/dynamo';

const minuteMs = 60_000;
/** Keeps a row until its pause is over. */
const keepMs = guessLimits.windowMs + guessLimits.pauseMs;

/** Attempts in DynamoDB. */
export function attemptTable(client: DynamoClient, tableName: string): AttemptStore {
  const keyOf = (attemptKey: string) => ({ TableName: tableName, Key: { attemptKey } });
  const take = async (
    source: string,
    change: Omit<InstanceType<typeof UpdateCommand>['input'], 'TableName' | 'Key'>,
  ) => {
    const written = await conditionally(client.send(new UpdateCommand({ ...keyOf(source), ...change })));
    return written === 'done' ? 'taken' : 'changed';
  };
  return {
    async read(source, nowMs) {
      const keys = [source, allIn(nowMs), allIn(nowMs - minuteMs)];
      const found = await readTogether(client, {
        [tableName]: { Keys: keys.map((attemptKey) => ({ attemptKey })), ConsistentRead: true },
      });
      const rows = new Map((found[tableName] ?? []).map((row) => [row.attemptKey, row]));
      const number = (key: string, name: string) => Number(rows.get(key)?.[name] ?? 0);
      return {
        ...(rows.has(source)
          ? {
              row: {
                taken: number(source, 'taken'),
                failures: number(source, 'failures'),
                failedAtMs: number(source, 'failedAt'),
                windowEndsAtMs: number(source, 'windowEndsAt'),
              },
            }
          : {}),
        failuresOfAll: Math.max(...keys.slice(1).map((key) => number(key, 'failures'))),
      };
    },
    open: (source, endedAtMs, windowEndsAtMs) =>
      take(source, {
        UpdateExpression:
          'SET taken = :one, failures = :none, windowEndsAt = :ends, expiresAt = :expires REMOVE failedAt',
        // Nobody has begun another window since this one was found to be over.
        ConditionExpression:
          endedAtMs === undefined ? 'attribute_not_exists(attemptKey)' : 'windowEndsAt = :ended',
        ExpressionAttributeValues: {
          ':one': 1,
          ':none': 0,
          ':ends': windowEndsAtMs,
          ':expires': seconds(windowEndsAtMs + keepMs),
          ':ended': endedAtMs,
        },
      }),
    join: (source, windowEndsAtMs, places) =>
      take(source, {
        UpdateExpression: 'ADD taken :one',
        // The same window, with a place left.
        ConditionExpression: 'windowEndsAt = :ends AND taken < :places',
        ExpressionAttributeValues: { ':one': 1, ':ends': windowEndsAtMs, ':places': places },
      }),
    async giveBack(source, windowEndsAtMs) {
      await take(source, {
        UpdateExpression: 'ADD taken :minusOne',
        // Places of a window that is over are of no use to anybody.
        ConditionExpression: 'windowEndsAt = :ends',
        ExpressionAttributeValues: { ':minusOne': -1, ':ends': windowEndsAtMs },
      });
    },
    async fail(source, windowEndsAtMs, atMs) {
      await take(source, {
        UpdateExpression: 'SET failedAt = :at ADD failures :one',
        ConditionExpression: 'windowEndsAt = :ends',
        ExpressionAttributeValues: { ':at': atMs, ':one': 1, ':ends': windowEndsAtMs },
      });
    },
    async countFailure(atMs) {
      await client.send(
        new UpdateCommand({
          ...keyOf(allIn(atMs)),
          UpdateExpression: 'SET expiresAt = :expires ADD failures :one',
          ExpressionAttributeValues: { ':one': 1, ':expires': seconds(atMs + 3 * minuteMs) },
        }),
      );
    },
  };
}

function allIn(ms: number): string {
  return `all#${Math.floor(ms / minuteMs)}`;
}
