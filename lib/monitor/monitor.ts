import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Functions } from '../functions/functions';
import { PairingFunction } from '../functions/pairing-function';
import type { Options } from '../options/options';
import type { Tables } from '../tables/tables';
import { MonitorPush } from './monitor-push';

/** What the monitor is made of. */
export interface MonitorProps {
  tables: Tables;
  options: Options;
}

/** The live monitor: its page, its history and stream over HTTP, and its push to viewers' sockets. */
export class Monitor extends Construct {
  /** `GET /monitor`; `/api/monitor/…`; and what sends new events to viewers. */
  readonly functions: Pick<Functions, 'monitor-page' | 'monitor' | 'monitor-fan-out'>;
  /** Where events end that could not be sent. */
  readonly failures: IQueue;

  constructor(scope: Construct, id: string, { tables, options }: MonitorProps) {
    super(scope, id);
    const { logRetentionDays } = options;
    const page = new PairingFunction(this, 'Page', {
      entry: 'monitor-page',
      companion: 'web/build.mjs',
      description: 'GET /monitor',
      timeout: Duration.seconds(5),
      logRetentionDays,
    });
    const api = new PairingFunction(this, 'Api', {
      entry: 'monitor',
      description: "The monitor's history, its live stream and tickets for viewers",
      // A stream ends itself after two minutes.
      timeout: Duration.minutes(3),
      logRetentionDays,
      reservedConcurrency: options.reservedMonitorConcurrency,
    });
    const push = new MonitorPush(this, 'Push', { events: tables.monitorEvents, logRetentionDays });
    this.functions = { 'monitor-page': page, monitor: api, 'monitor-fan-out': push.fanOut };
    this.failures = push.failures;
  }
}
