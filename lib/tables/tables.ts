import type { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { env } from '../../lambdas/aws/env';
import { NounTable } from './noun-table';

/** Every table, one per noun; what a row holds stands at the head of its adapter in `lambdas/aws`. */
export class Tables extends Construct {
  readonly codes: NounTable;
  readonly gateways: NounTable;
  readonly clients: NounTable;
  readonly connections: NounTable;
  readonly rpcs: NounTable;
  readonly monitorEvents: NounTable;
  readonly attempts: NounTable;

  constructor(scope: Construct, id: string, { removalPolicy }: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.codes = new NounTable(this, 'Codes', {
      removalPolicy,
      partitionKey: 'codeHash',
      variable: env.codesTable,
    });
    this.gateways = new NounTable(this, 'Gateways', {
      removalPolicy,
      partitionKey: 'gatewayId',
      variable: env.gatewaysTable,
      recoverable: true,
    });
    this.clients = new NounTable(this, 'Clients', {
      removalPolicy,
      partitionKey: 'gatewayId',
      sortKey: 'clientId',
      variable: env.clientsTable,
      recoverable: true,
    });
    this.connections = new NounTable(this, 'Connections', {
      removalPolicy,
      partitionKey: 'connectionId',
      variable: env.connectionsTable,
    });
    this.rpcs = new NounTable(this, 'Rpcs', {
      removalPolicy,
      partitionKey: 'callKey',
      sortKey: 'item',
      variable: env.rpcsTable,
    });
    this.monitorEvents = new NounTable(this, 'MonitorEvents', {
      removalPolicy,
      partitionKey: 'shardId',
      sortKey: 'batchId',
      streams: true,
      variable: env.eventsTable,
    });
    this.attempts = new NounTable(this, 'Attempts', {
      removalPolicy,
      partitionKey: 'attemptKey',
      variable: env.attemptsTable,
    });
  }
}
