/**
 * Who watches the monitor, in one row of the table `Connections`, so that one conditional write takes a place:
 * connectionId ("#watchers") · watchers? (a set of texts: until (ms) · kind · token's hash or "-" · id)
 */
import type { Watcher, WatcherStore } from '../../core/monitor/ports';
import { limits } from '../../core/wire/limits';
import { GetCommand, UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, type Row } from '../dynamo/dynamo';

const rowKey = '#watchers';

/** Watchers in DynamoDB. */
export function watcherTable(client: DynamoClient, TableName: string): WatcherStore {
  const row = { TableName, Key: { connectionId: rowKey } };
  const remove = (watchers: Watcher[]) =>
    client.send(
      new UpdateCommand({
        ...row,
        UpdateExpression: 'DELETE watchers :gone',
        ExpressionAttributeValues: { ':gone': new Set(watchers.map(textOf)) },
      }),
    );
  const add = (watcher: Watcher) =>
    conditionally(
      client.send(
        new UpdateCommand({
          ...row,
          UpdateExpression: 'ADD watchers :new',
          // A place is free, or is this watcher's own already.
          ConditionExpression:
            'attribute_not_exists(watchers) OR size(watchers) < :max OR contains(watchers, :text)',
          ExpressionAttributeValues: {
            ':new': new Set([textOf(watcher)]),
            ':text': textOf(watcher),
            ':max': limits.maxWatchers,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  return {
    async enter(watcher, nowMs) {
      const added = await add(watcher);
      if (added === 'done') return 'entered';
      const over = watchersOf(added.standing).filter(({ untilMs }) => untilMs <= nowMs);
      if (over.length === 0) return 'full';
      await remove(over);
      return (await add(watcher)) === 'done' ? 'entered' : 'full';
    },
    async leave(watcher) {
      await remove([watcher]);
    },
    async list(nowMs) {
      const { Item } = await client.send(new GetCommand({ ...row, ConsistentRead: true }));
      return watchersOf(Item).filter(({ untilMs }) => untilMs > nowMs);
    },
  };
}

function textOf({ untilMs, kind, tokenHash = '-', id }: Watcher): string {
  return [String(untilMs).padStart(13, '0'), kind, tokenHash, id].join(' ');
}

function watchersOf(row: Row | undefined): Watcher[] {
  const texts = row?.watchers instanceof Set ? [...row.watchers] : [];
  return texts.map((text) => {
    const [untilMs, kind, tokenHash, id] = String(text).split(' ');
    const hash = tokenHash === '-' ? {} : { tokenHash: tokenHash! };
    return { untilMs: Number(untilMs), kind: kind as Watcher['kind'], id: id!, ...hash };
  });
}
