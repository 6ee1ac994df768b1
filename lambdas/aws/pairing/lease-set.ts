/**
 * What a client holds only so many of, in its own row: a set of texts for each kind, `calls` and `streams`. A text is when
 * the place is free by itself (seconds, seven digits of base 36) and the id of the holder.
 */
import {
  type ClientRef,
  type Lease,
  type LeaseKind,
  type Leases,
  leaseKinds,
} from '../../core/pairing/ports';
import { limits } from '../../core/wire/limits';
import { UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, type Row, seconds } from '../dynamo/dynamo';

const untilDigits = 7;
const most: Record<LeaseKind, number> = {
  calls: limits.maxCallsPerClient,
  streams: limits.maxStreamsPerClient,
};
/** How often others may come in between before a client counts as full. */
const tries = 4;

function textOf({ id, untilMs }: Lease): string {
  return seconds(untilMs).toString(36).padStart(untilDigits, '0') + id;
}

/** The leases of a kind in a row of `Clients`, over or not. */
export function leasesOf(row: Row | undefined, kind: LeaseKind): Lease[] {
  const texts = row?.[kind] instanceof Set ? [...(row[kind] as Set<string>)] : [];
  return texts.map((text) => ({
    untilMs: Number.parseInt(text.slice(0, untilDigits), 36) * 1000,
    id: text.slice(untilDigits),
  }));
}

/** Takes places of a client, all or none; those whose time is over make room. */
export async function holdLeases(
  client: DynamoClient,
  row: { TableName: string; Key: Row },
  { tokenHash }: Pick<ClientRef, 'tokenHash'>,
  leases: Leases,
  nowMs: number,
  dropping?: { over: Lease[]; seen: Lease[] },
): Promise<{ held: Row } | 'full' | 'gone'> {
  const kinds = leaseKinds.filter((kind) => leases[kind] !== undefined);
  if (dropping && leases.calls && kinds.length === 1) {
    const replaced = await replaceCalls(client, row, tokenHash, leases.calls, dropping);
    if (replaced) return { held: replaced };
  }
  const ended = new Set(dropping?.over.map(textOf));
  for (let n = 0; n < tries; n++) {
    const adding = client.send(
      new UpdateCommand({
        ...row,
        UpdateExpression: `ADD ${kinds.map((kind) => `${kind} :${kind}`).join(', ')}`,
        // The client is still there under this token, and has a place of each kind.
        ConditionExpression: `tokenHash = :hash AND ${kinds.map((kind) => `(attribute_not_exists(${kind}) OR size(${kind}) < :most${kind})`).join(' AND ')}`,
        ExpressionAttributeValues: {
          ':hash': tokenHash,
          ...Object.fromEntries(
            kinds.flatMap((kind) => [
              [`:${kind}`, new Set([textOf(leases[kind]!)])],
              [`:most${kind}`, most[kind]],
            ]),
          ),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    const added = await conditionally(adding);
    if (added === 'done') return { held: (await adding).Attributes! };
    if (added.standing?.tokenHash !== tokenHash) return 'gone';
    const over: Partial<Record<LeaseKind, Lease[]>> = {};
    for (const kind of kinds)
      over[kind] = leasesOf(added.standing, kind).filter(
        (lease) => lease.untilMs <= nowMs || (kind === 'calls' && ended.has(textOf(lease))),
      );
    const isFull = (kind: LeaseKind) =>
      leasesOf(added.standing, kind).length - over[kind]!.length >= most[kind];
    if (kinds.some(isFull)) return 'full';
    await dropLeases(client, row, over);
  }
  return 'full';
}

/** Takes a place and drops those whose calls have ended; undefined where others came in between, or there is no room even so. */
async function replaceCalls(
  client: DynamoClient,
  row: { TableName: string; Key: Row },
  tokenHash: string,
  lease: Lease,
  { over, seen }: { over: Lease[]; seen: Lease[] },
): Promise<Row | undefined> {
  const gone = new Set(over.map(textOf));
  const kept = seen.map(textOf).filter((text) => !gone.has(text));
  if (gone.size === 0 || kept.length >= most.calls) return undefined;
  const replacing = client.send(
    new UpdateCommand({
      ...row,
      UpdateExpression: 'SET calls = :now',
      // The client is still there under this token, with the calls that were seen.
      ConditionExpression: 'tokenHash = :hash AND calls = :seen',
      ExpressionAttributeValues: {
        ':hash': tokenHash,
        ':now': new Set([...kept, textOf(lease)]),
        ':seen': new Set(seen.map(textOf)),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return (await conditionally(replacing)) === 'done' ? (await replacing).Attributes : undefined;
}

/** Gives places back; revives no client that is gone. */
export async function dropLeases(
  client: DynamoClient,
  row: { TableName: string; Key: Row },
  leases: Partial<Record<LeaseKind, Lease[]>>,
): Promise<void> {
  const kinds = leaseKinds.filter((kind) => leases[kind]?.length);
  if (kinds.length === 0) return;
  await conditionally(
    client.send(
      new UpdateCommand({
        ...row,
        UpdateExpression: `DELETE ${kinds.map((kind) => `${kind} :${kind}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(gatewayId)',
        ExpressionAttributeValues: Object.fromEntries(
          kinds.map((kind) => [`:${kind}`, new Set(leases[kind]!.map(textOf))]),
        ),
      }),
    ),
  );
}
