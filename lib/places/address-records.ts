import {
  AaaaRecord,
  ARecord,
  type IAliasRecordTarget,
  type IHostedZone,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/** The IPv4 and IPv6 records of a name. */
export function addressRecords(
  scope: Construct,
  zone: IHostedZone,
  name: string,
  alias: IAliasRecordTarget,
): void {
  const record = { zone, recordName: `${name}.`, target: RecordTarget.fromAlias(alias) };
  new ARecord(scope, 'Ipv4', record);
  new AaaaRecord(scope, 'Ipv6', record);
}
