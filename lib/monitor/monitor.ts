import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PairingFunction } from '../functions/pairing-function';
import type { RelaySocket } from '../relay/relay-socket';
import type { Tables } from '../tables/tables';
import { MonitorPush } from './monitor-push';

/** What the monitor is made of. */
export interface MonitorProps {
  tables: Tables;
  relay: RelaySocket;
  logRetentionDays: RetentionDays;
  /** The environment of every function behind HTTP. */
  environment: Record<string, string>;
}

/** The live monitor: its page, its history and stream over HTTP, and its push to viewers' sockets. */
export class Monitor extends Construct {
  /** `GET /monitor`. Touches nothing. */
  readonly page: PairingFunction;
  /** `/api/monitor/…`. */
  readonly api: PairingFunction;
  readonly push: MonitorPush;

  constructor(scope: Construct, id: string, { tables, relay, logRetentionDays, environment }: MonitorProps) {
    super(scope, id);
    this.page = new PairingFunction(this, 'Page', {
      entry: 'monitor-page',
      companion: 'web/build.mjs',
      description: 'GET /monitor',
      timeout: Duration.seconds(5),
      logRetentionDays,
      environment,
    });
    this.api = new PairingFunction(this, 'Api', {
      entry: 'monitor',
      description: "The monitor's history, its live stream and tickets for viewers",
      timeout: Duration.minutes(15),
      logRetentionDays,
      environment,
    });
    tables.monitorEvents.grant(this.api, 'Query');
    tables.codes.grant(this.api, 'PutItem');
    this.push = new MonitorPush(this, 'Push', { tables, relay, logRetentionDays });
  }
}
