/**
 * What is too large for a call's own row stands beside it in parts below DynamoDB's 400 KB:
 * callKey + item ("params#<digest>#NN", "reply#<digest>#NN", both after "call") · part (bytes) · expiresAt (s)
 * Parts are written first; then the call's row names their count, size and digest in one write, so that a reader
 * gets the whole or an error, never a piece. The digest of the whole is in the key: two attempts share a part only where
 * they say the very same.
 */
import { createHash } from 'node:crypto';
import type { CallRef } from '../../core/call/states';
import { GetCommand, PutCommand } from '../dynamo/commands';
import { type DynamoClient, seconds } from '../dynamo/dynamo';
import { decodeJson } from './answer-codec';

const maxPartBytes = 350_000;
/** Few at a time: a partition takes 1,000 write units a second. */
const writtenAtOnce = 3;

/** `<count>.<bytes>.<SHA-256>`: how a row names parts. */
export type PartsName = string;

/** Names the parts that some bytes make. */
export function nameOfParts(bytes: Uint8Array): PartsName {
  const count = Math.ceil(bytes.length / maxPartBytes);
  return `${count}.${bytes.length}.${createHash('sha256').update(bytes).digest('base64url')}`;
}

/** Parts of calls in one table. */
export function callParts(client: DynamoClient, TableName: string) {
  const keyOf = ({ callKey }: CallRef, kind: string, name: PartsName, n: number) => ({
    callKey,
    item: `${kind}#${name.slice(name.lastIndexOf('.') + 1)}#${String(n).padStart(2, '0')}`,
  });
  return {
    async write(
      ref: CallRef,
      kind: 'params' | 'reply',
      { parts: name, bytes }: { parts: PartsName; bytes: Uint8Array },
      expiresAtMs: number,
    ) {
      const expiresAt = seconds(expiresAtMs);
      const count = Math.ceil(bytes.length / maxPartBytes);
      const put = (n: number) => {
        const part = bytes.subarray(n * maxPartBytes, (n + 1) * maxPartBytes);
        const Item = { ...keyOf(ref, kind, name, n), part, expiresAt };
        return client.send(new PutCommand({ TableName, Item }));
      };
      for (let n = 0; n < count; n += writtenAtOnce) {
        const group = Array.from({ length: Math.min(writtenAtOnce, count - n) }, (_, i) => put(n + i));
        await Promise.all(group);
      }
    },
    /** The value that the parts hold; undefined when they are not what the row names. */
    async read(
      ref: CallRef,
      kind: 'params' | 'reply',
      name: PartsName,
    ): Promise<{ value: unknown } | undefined> {
      const parts = Array.from({ length: Number.parseInt(name, 10) }, async (_, n) => {
        const Key = keyOf(ref, kind, name, n);
        const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
        return Item ? (Item.part as Uint8Array) : new Uint8Array();
      });
      const bytes = Buffer.concat(await Promise.all(parts));
      return nameOfParts(bytes) === name ? { value: decodeJson(bytes) } : undefined;
    },
  };
}
