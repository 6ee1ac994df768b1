import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { disconnectReason, measurementsOf } from '../../lambdas/aws/observe/metrics';
import { eventTypes } from '../../lambdas/core/monitor/monitor-events';
import { stackTemplate } from '../support/stack/synthesized';

const template = stackTemplate({ alarmEmail: 'operator@example.com' });
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
);
const dashboard = JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]);
const runbook = join(__dirname, '..', '..', 'docs', 'operations.md');

/** The anchors that alarms point at. */
const linked = alarms.map(
  ({ AlarmDescription }) => /docs\/operations\.md#([\w-]+)$/.exec(AlarmDescription)?.[1],
);

test('every alarm has an entry in the runbook, and every entry an alarm', () => {
  expect(existsSync(runbook)).toBe(true);
  const section =
    readFileSync(runbook, 'utf8')
      .split(/^## /m)
      .find((part) => part.startsWith('Alarms')) ?? '';
  const entries = [...section.matchAll(/^### (\S+)$/gm)].map(([, name]) => name!.toLowerCase());
  expect([...new Set(linked)].sort()).toEqual(entries.sort());
});

test('every alarm is mailed when it goes off and when it is over', () => {
  for (const { AlarmActions, OKActions } of alarms) {
    expect(AlarmActions).toHaveLength(1);
    expect(OKActions).toEqual(AlarmActions);
  }
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'operator@example.com',
  });
});

test("every topic that alarms mail by admits this account's CloudWatch, and nobody without TLS", () => {
  const topics = new Set(
    alarms.flatMap(({ AlarmActions }) => AlarmActions.map(({ Ref }: { Ref: string }) => Ref)),
  );
  expect(topics.size).toBeGreaterThan(0);
  for (const topic of topics) {
    const policies = Object.values(template.findResources('AWS::SNS::TopicPolicy')).filter(({ Properties }) =>
      JSON.stringify(Properties.Topics).includes(`{"Ref":"${topic}"}`),
    );
    // SNS keeps one policy for a topic: the last one that is set.
    expect(policies).toHaveLength(1);
    const { Statement } = policies[0]!.Properties.PolicyDocument;
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  }
});

test('an alarm on the age of records can go off before they are set apart', () => {
  const [mapping] = Object.values(
    template.findResources('AWS::Lambda::EventSourceMapping', {
      Properties: { StartingPosition: 'LATEST' },
    }),
  );
  const maxAgeMs = mapping!.Properties.MaximumRecordAgeInSeconds * 1000;
  const [behind] = alarms.filter(({ MetricName }) => MetricName === 'IteratorAge');
  expect(behind.Threshold).toBeLessThanOrEqual(maxAgeMs / 2);
});

test("the dashboard's URL is one of the console of the partition", () => {
  const { Value } = template.toJSON().Outputs.DashboardUrl;
  expect(JSON.stringify(Value)).toContain('{"Fn::FindInMap":["ObservabilityConsoles');
  expect(JSON.stringify(Value)).not.toContain('aws.amazon.com');
  expect(Object.values(template.toJSON().Mappings)).toContainEqual(
    expect.objectContaining({ 'aws-cn': { host: 'console.amazonaws.cn' } }),
  );
});

test('without an address nothing is mailed and the alarms stay', () => {
  const quiet = stackTemplate();
  quiet.resourceCountIs('AWS::SNS::Topic', 0);
  quiet.resourceCountIs('AWS::CloudWatch::Alarm', alarms.length);
});

test('docs/deploying.md says how many metrics the alarms watch, which is what they cost', () => {
  const metricsOf = ({ Metrics }: { Metrics?: Array<{ MetricStat?: unknown }> }) =>
    Metrics ? Metrics.filter(({ MetricStat }) => MetricStat).length : 1;
  const watched = alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  const deploying = readFileSync(join(__dirname, '..', '..', 'docs', 'deploying.md'), 'utf8');
  expect(deploying).toContain(
    `| ${alarms.length} alarms, billed by the metrics that they watch: ${watched} at $0.10 | $${(watched / 10).toFixed(2)} |`,
  );
});

test('silence is no alarm', () => {
  for (const { TreatMissingData } of alarms) expect(TreatMissingData).toBe('notBreaching');
});

test('every function is watched for errors and throttles', () => {
  const watched = JSON.stringify(alarms);
  const ids = Object.keys(template.findResources('AWS::Lambda::Function'));
  expect(ids.filter((id) => !watched.includes(`{"Ref":"${id}"}`))).toEqual([]);
});

test('the dashboard shows every word that the functions count by', () => {
  const outcomes = eventTypes.flatMap((type) =>
    measurementsOf({ type }).flatMap(({ by }) => Object.values(by ?? {})),
  );
  const reasons = [1000, 1001, 1006, 1009, 4000].map(disconnectReason);
  for (const word of [...outcomes, ...reasons]) expect(dashboard).toContain(`\\"${word}\\"`);
});

test('metrics of two deployments are told apart', () => {
  const second = stackTemplate({ stackName: 'Second' });
  const watched = JSON.stringify(second.findResources('AWS::CloudWatch::Alarm'));
  expect(watched).toContain('{"Name":"Deployment","Value":"Second"}');
  for (const { Properties } of Object.values(second.findResources('AWS::Lambda::Function')))
    expect(Properties.Environment.Variables.DEPLOYMENT).toBe('Second');
});
