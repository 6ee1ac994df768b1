import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  type GlobalSecondaryIndexProps,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { pinLogicalId } from '../pinned';

/** A key attribute by its name; a trailing `#` makes it a number. */
type Key = string;

/** What a function may do with a table. `stream`: read what is new in it. */
export type TableVerb =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'stream';

const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** What one table is. */
export interface NounTableProps {
  partitionKey: Key;
  sortKey?: Key;
  indexes?: Array<Pick<GlobalSecondaryIndexProps, 'indexName' | 'projectionType'> & { keys: [Key, Key] }>;
  /** The environment variable by which functions know the table. */
  variable: string;
  /** Whether the table can be restored to any second of the last 35 days: for data that cannot be made again. */
  recoverable?: boolean;
  /** Whether a stream tells every new row. Default false. */
  streams?: boolean;
  removalPolicy: RemovalPolicy;
}

/** One on-demand, encrypted table for one noun, with TTL on `expiresAt` (epoch seconds). */
export class NounTable extends Construct {
  readonly table: Table;
  private readonly indexNames: string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NounTableProps,
  ) {
    super(scope, id);
    const retained = props.removalPolicy === RemovalPolicy.RETAIN;
    this.table = new Table(this, 'Table', {
      partitionKey: keyOf(props.partitionKey),
      ...(props.sortKey ? { sortKey: keyOf(props.sortKey) } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      timeToLiveAttribute: 'expiresAt',
      ...(props.streams ? { stream: StreamViewType.NEW_IMAGE } : {}),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: (props.recoverable ?? false) && retained,
      },
      deletionProtection: retained,
      removalPolicy: props.removalPolicy,
    });
    pinLogicalId(this.table, `${id}Table`);
    if (!props.recoverable || !retained) {
      acknowledge(this.table, {
        'AwsSolutions-DDB3':
          'The rows live for hours at most, or the deployment is a trial: nothing to go back to.',
      });
    }
    for (const { indexName, projectionType, keys } of props.indexes ?? []) {
      const [partitionKey, sortKey] = [keyOf(keys[0]), keyOf(keys[1])];
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey,
        sortKey,
        ...(projectionType ? { projectionType } : {}),
      });
    }
    this.indexNames = (props.indexes ?? []).map((index) => index.indexName);
  }

  /** Of a table that streams. */
  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (!tableStreamArn) throw new Error(`The table ${this.node.id} has no stream.`);
    return tableStreamArn;
  }

  /** Lets a function do these DynamoDB actions on the table, or read its stream, and tells it the table's name. */
  grant(fn: LambdaFunction, ...verbs: TableVerb[]): void {
    const actions = verbs.filter((verb) => verb !== 'stream');
    if (actions.length < verbs.length) this.allow(fn, streamActions, [this.streamArn]);
    if (actions.length === 0) return;
    const indexes = actions.includes('Query') ? this.indexNames : [];
    fn.addEnvironment(this.props.variable, this.table.tableName);
    this.allow(fn, actions, [
      this.table.tableArn,
      ...indexes.map((name) => `${this.table.tableArn}/index/${name}`),
    ]);
  }

  private allow(fn: LambdaFunction, actions: readonly string[], resources: string[]): void {
    const names = actions.map((action) => `dynamodb:${action}`);
    fn.addToRolePolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: names, resources }));
  }
}

function keyOf(key: Key): Attribute {
  const number = key.endsWith('#');
  return {
    name: number ? key.slice(0, -1) : key,
    type: number ? AttributeType.NUMBER : AttributeType.STRING,
  };
}
