/** Reads a DynamoDB stream of the engine, shard by shard. */
import { DYNAMODB_STREAMS, type EngineClient } from '../tables/engine-client';

/** A record in the JSON of the streams API, which is also what a Lambda event carries. */
export interface StreamRecord {
  eventID: string;
  eventName: string;
  awsRegion: string;
  eventSourceARN?: string;
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number };
}

/** Where a mapping begins. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** A place in one shard. */
export interface ShardReader {
  shardId: string;
  /** The next records, at most `limit`; undefined once the shard is closed and read to its end. */
  read(limit: number): Promise<StreamRecord[] | undefined>;
}

/** One stream, as a consumer. */
export interface StreamReader {
  /** Readers of the shards that earlier calls did not name. */
  newShards(from: StartingPosition): Promise<ShardReader[]>;
}

/** Opens the stream with this ARN, which is the engine's own. */
export function streamReader(engine: EngineClient, streamArn: string): StreamReader {
  const seen = new Set<string>();
  return {
    newShards: async (from) => {
      const description = await engine.call(`${DYNAMODB_STREAMS}.DescribeStream`, { StreamArn: streamArn });
      const shards = (description.StreamDescription.Shards ?? []) as Array<{ ShardId: string }>;
      const fresh = shards.filter(({ ShardId }) => !seen.has(ShardId));
      for (const { ShardId } of fresh) seen.add(ShardId);
      return Promise.all(fresh.map(({ ShardId }) => openShard(engine, streamArn, ShardId, from)));
    },
  };
}

async function openShard(
  engine: EngineClient,
  streamArn: string,
  shardId: string,
  from: StartingPosition,
): Promise<ShardReader> {
  let iterator: string | undefined = (
    await engine.call(`${DYNAMODB_STREAMS}.GetShardIterator`, {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: from,
    })
  ).ShardIterator;
  return {
    shardId,
    read: async (limit) => {
      if (iterator === undefined) return undefined;
      const answer = await engine.call(`${DYNAMODB_STREAMS}.GetRecords`, {
        ShardIterator: iterator,
        Limit: limit,
      });
      iterator = answer.NextShardIterator;
      return answer.Records ?? [];
    },
  };
}
