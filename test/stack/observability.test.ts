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

test('without an address nothing is mailed and the alarms stay', () => {
  const quiet = stackTemplate();
  quiet.resourceCountIs('AWS::SNS::Topic', 0);
  quiet.resourceCountIs('AWS::CloudWatch::Alarm', alarms.length);
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
