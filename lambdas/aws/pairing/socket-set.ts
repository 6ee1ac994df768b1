/**
 * The sockets of one credential, in the row of that very credential: a set of texts, each the time of the handshake (ms)
 * and the connection's id. So one conditional write enters a socket, and the write that ends the credential ends them.
 */
import type { Entered, OpenSocket } from '../../core/pairing/ports';
import { limits } from '../../core/wire/limits';
import { UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, type Row } from '../dynamo/dynamo';

/** How a socket stands in the set. */
export function textOf({ connectionId, connectedAtMs }: OpenSocket): string {
  return `${String(connectedAtMs).padStart(13, '0')} ${connectionId}`;
}

/** The sockets of a row, newest first. */
export function socketsOf(row: Row | undefined): OpenSocket[] {
  const texts = row?.sockets instanceof Set ? [...row.sockets] : [];
  return texts
    .map(String)
    .sort((a, b) => (a < b ? 1 : -1))
    .map((text) => ({ connectedAtMs: Number(text.slice(0, 13)), connectionId: text.slice(14) }));
}

/** The row that a socket is entered into. */
export interface CredentialRow {
  TableName: string;
  Key: Row;
  /** That the credential is the one whose socket it is, as a condition, with its values. */
  holds: string;
  values: Row;
  /** The same of a row that was read. */
  isHeld(row: Row): boolean;
  /** Assignments to make beside it, as `, seenAt = :seenAt`; their values are in `values`. */
  also?: string;
}

/** How often others may change the set in between before the handshake is given up. */
const enterTries = 8;

/** Enters a socket; over the limit the oldest makes room. `gone` when the credential is not the row's any more. */
export async function enterSocket(
  client: DynamoClient,
  { TableName, Key, holds, values, isHeld, also = '' }: CredentialRow,
  socket: OpenSocket,
): Promise<Entered | 'gone'> {
  const text = textOf(socket);
  const assignments = also && `SET ${also} `;
  const adding = client.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: `${assignments}ADD sockets :new`,
      // The credential holds, and there is room, or the socket is there already.
      ConditionExpression: `${holds} AND (attribute_not_exists(sockets) OR size(sockets) < :max OR contains(sockets, :text))`,
      ExpressionAttributeValues: {
        ...values,
        ':new': new Set([text]),
        ':text': text,
        ':max': limits.maxSocketsPerCredential,
      },
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
  const added = await conditionally(adding);
  if (added === 'done') return { before: others(socketsOf((await adding).Attributes), text), pushedOut: [] };
  let { standing } = added;
  for (let tries = 1; tries <= enterTries; tries++) {
    if (!standing || !isHeld(standing)) return 'gone';
    const before = others(socketsOf(standing), text);
    const kept = before.slice(0, limits.maxSocketsPerCredential - 1);
    const written = await conditionally(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: `SET ${also && `${also}, `}sockets = :now`,
          // The credential holds, and the sockets are those that were seen.
          ConditionExpression: `${holds} AND ${standing.sockets ? 'sockets = :seen' : 'attribute_not_exists(sockets)'}`,
          ExpressionAttributeValues: {
            ...values,
            ':now': new Set([text, ...kept.map(textOf)]),
            ':seen': standing.sockets,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (written === 'done') return { before, pushedOut: before.slice(kept.length) };
    standing = written.standing;
  }
  throw new Error('Too many sockets of one credential came at the same time.');
}

function others(sockets: OpenSocket[], text: string): OpenSocket[] {
  return sockets.filter((socket) => textOf(socket) !== text);
}
