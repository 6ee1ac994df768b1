import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { optionNames } from '../../lib/options/options';
import { stackTemplate } from '../support/stack/synthesized';

const wrong: Array<[Record<string, string>, string]> = [
  [{ registration: 'maybe' }, 'The option registration must be "token" or "open".'],
  [{ accessCodeTtlSeconds: '0' }, 'The option accessCodeTtlSeconds must be a whole number from 1 to 3600.'],
  [{ accessCodeTtlSeconds: '1e3' }, 'The option accessCodeTtlSeconds must be a whole number'],
  [
    { monitorRetentionHours: '169' },
    'The option monitorRetentionHours must be a whole number from 1 to 168.',
  ],
  [{ allowedOrigins: 'example.com' }, 'The option allowedOrigins must be'],
  [{ allowedOrigins: 'https://a.example,*' }, 'The option allowedOrigins must be'],
  [{ edge: 'yes' }, 'The option edge must be "true" or "false".'],
  [{ app: 'maybe' }, 'The option app must be "true" or "false".'],
  [{ domainName: 'Pairing.Example' }, 'The option domainName must be a host name'],
  [
    { domainName: 'a.example.com' },
    'The option domainName needs certificateArn, or hostedZoneId with hostedZoneName.',
  ],
  [{ hostedZoneId: 'Z1' }, 'The options hostedZoneId and hostedZoneName go together.'],
  [
    { domainName: 'a.example.com', hostedZoneId: 'Z1', hostedZoneName: 'example.org' },
    'The option domainName must lie in the zone that hostedZoneName names.',
  ],
  [
    { domainName: 'a.example.com', hostedZoneId: 'Z1', hostedZoneName: 'example.com', edge: 'true' },
    'With edge=true the option domainName needs certificateArn of a certificate in us-east-1.',
  ],
  [{ certificateArn: 'certificate' }, 'The option certificateArn must be the ARN of an ACM certificate.'],
  [{ webAclArn: 'acl' }, 'The option webAclArn must be the ARN of an AWS WAF (v2) web ACL.'],
  [
    { webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b' },
    'The option webAclArn names a global web ACL, which guards only the edge: it needs edge=true.',
  ],
  [{ alarmEmail: 'somebody' }, 'The option alarmEmail must be an e-mail address.'],
  [
    { logRetentionDays: '2' },
    'The option logRetentionDays must be a number of days that CloudWatch Logs knows',
  ],
  [{ reservedSocketConcurrency: '0' }, 'The option reservedSocketConcurrency must be a whole number from 1'],
  [{ rpcMemoryMb: '64' }, 'The option rpcMemoryMb must be a whole number from 128 to 3008'],
  [{ reservedCallConcurrency: '1001' }, 'The option reservedCallConcurrency must be a whole number from 1'],
  [
    { reservedMonitorConcurrency: 'a' },
    'The option reservedMonitorConcurrency must be a whole number from 1',
  ],
  [{ removalPolicy: 'snapshot' }, 'The option removalPolicy must be "retain" or "destroy".'],
  [{ throttleRate: '-1' }, 'The option throttleRate must be a whole number from 1 to 10000.'],
  [{ throttleBurst: '5001' }, 'The option throttleBurst must be a whole number from 1 to 5000.'],
  [{ socketThrottleRate: '0' }, 'The option socketThrottleRate must be a whole number from 1 to 10000.'],
  [{ socketThrottleBurst: '5001' }, 'The option socketThrottleBurst must be a whole number from 1 to 5000.'],
  [
    {
      domainName: 'a.example.cn',
      edge: 'true',
      certificateArn: 'arn:aws-cn:acm:cn-northwest-1:123456789012:certificate/a',
    },
    'With edge=true the option certificateArn must be of the partition aws: others need edge=false.',
  ],
  [{ stackName: '1st' }, 'The option stackName must be a letter followed by'],
  [{ registraton: 'open' }, 'There is no option registraton. The options are: stackName, registration,'],
];

test.each(wrong)('a wrong option stops synthesis with a sentence: %j', (context, sentence) => {
  expect(() => stackTemplate(context)).toThrow(sentence);
});

test('every option is refused in at least one case of the table above', () => {
  const refused = new Set(wrong.flatMap(([context]) => Object.keys(context)));
  expect(optionNames.filter((name) => !refused.has(name))).toEqual([]);
});

test('the app prints the sentence, no stack trace, and ends with a code that is not zero', () => {
  const root = join(__dirname, '..', '..');
  const app = spawnSync(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'bin', 'app.ts')], {
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ edge: 'perhaps' }) },
    encoding: 'utf8',
  });
  expect(app.status).toBe(1);
  expect(app.stderr.trim()).toBe('The option edge must be "true" or "false".');
});

test('options reach the resources that they are about', () => {
  const template = stackTemplate({
    throttleRate: '7',
    throttleBurst: '9',
    socketThrottleRate: '11',
    socketThrottleBurst: '13',
    reservedSocketConcurrency: '4',
    reservedCallConcurrency: '5',
    reservedMonitorConcurrency: '6',
    rpcMemoryMb: '256',
    logRetentionDays: '7',
    monitorRetentionHours: '3',
    accessCodeTtlSeconds: '60',
    allowedOrigins: 'https://a.example, https://b.example',
  });
  const variables = {
    MONITOR_RETENTION_HOURS: '3',
    ACCESS_CODE_TTL_SECONDS: '60',
    ALLOWED_ORIGINS: 'https://a.example,https://b.example',
  };
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: variables } });
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
    ],
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 11, ThrottlingBurstLimit: 13 },
  });
  const reserved: Array<[number, RegExp]> = [
    [4, /^The relay socket/],
    [5, /^Carries an App's calls/],
    [6, /^The monitor's history/],
  ];
  for (const [ReservedConcurrentExecutions, description] of reserved) {
    const Description = Match.stringLikeRegexp(description.source);
    template.hasResourceProperties('AWS::Lambda::Function', { Description, ReservedConcurrentExecutions });
  }
  const waiting = Match.stringLikeRegexp("^Carries an App's calls");
  template.hasResourceProperties('AWS::Lambda::Function', { Description: waiting, MemorySize: 256 });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('two deployments in one account and Region share no name', () => {
  const names = JSON.stringify(stackTemplate({ edge: 'true' }).toJSON()).match(
    /"(TableName|FunctionName|RoleName|QueueName|TopicName|LogGroupName|DashboardName|AlarmName|DomainName)":"/g,
  );
  expect(names).toBeNull();
});

test('every option stands in the table of docs/deploying.md, and nothing else does', () => {
  const text = readFileSync(join(__dirname, '..', '..', 'docs', 'deploying.md'), 'utf8');
  const table = text.split('## Options')[1]!.split(/^## /m)[0]!;
  const rows = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g) ?? []);
  expect(rows.sort()).toEqual([...optionNames].sort());
});
