import { stackTemplate } from '../support/stack/synthesized';

const template = stackTemplate();
const resources = template.toJSON().Resources as Record<
  string,
  { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }
>;
const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);
const properties = (type: string) => ofType(type).map(([, resource]) => resource.Properties);

/** Every statement of every policy, with where it stands. */
const statements = ofType('AWS::IAM::Policy').flatMap(([id, { Properties }]) => {
  const { Statement } = Properties.PolicyDocument as { Statement: Array<Record<string, unknown>> };
  return Statement.map((statement) => ({ id, statement }));
});

/** The parts of the template without what the bootstrap adds. */
function snapshotted(): unknown {
  const { Parameters: _, Rules: __, ...rest } = template.toJSON();
  return rest;
}

test('the default stack is exactly this', () => {
  expect(snapshotted()).toMatchSnapshot();
});

test('every table has TTL, is billed on demand and is retained with deletion protection', () => {
  for (const [id, table] of ofType('AWS::DynamoDB::Table')) {
    expect([id, table]).toEqual([
      id,
      expect.objectContaining({
        DeletionPolicy: 'Retain',
        Properties: expect.objectContaining({
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
        }),
      }),
    ]);
  }
});

test('what cannot be made again can be restored: gateways and clients', () => {
  const recoverable = ofType('AWS::DynamoDB::Table').filter(
    ([, { Properties }]) =>
      (Properties.PointInTimeRecoverySpecification as { PointInTimeRecoveryEnabled: boolean })
        .PointInTimeRecoveryEnabled,
  );
  expect(recoverable.map(([id]) => id).sort()).toEqual([
    expect.stringContaining('Clients'),
    expect.stringContaining('Gateways'),
  ]);
});

test('no policy has a wildcard but for the sockets of the management API and for traces', () => {
  const wild = statements
    .map(({ statement }) => ({ action: statement.Action, resource: JSON.stringify(statement.Resource) }))
    .filter(({ action, resource }) => JSON.stringify(action).includes('*') || resource.includes('*'));
  for (const { action, resource } of wild) {
    // X-Ray knows no resources to name.
    if (JSON.stringify(action) === '["xray:PutTelemetryRecords","xray:PutTraceSegments"]') continue;
    expect(action).toBe('execute-api:ManageConnections');
    expect(resource).toMatch(/\/relay\/(POST|GET|DELETE)\/@connections\/\*/);
  }
});

test('no function may scan a table', () => {
  expect(JSON.stringify(statements)).not.toContain('dynamodb:Scan');
});

test('every function has a role of its own', () => {
  const roles = properties('AWS::Lambda::Function').map(({ Role }) => JSON.stringify(Role));
  expect(new Set(roles).size).toBe(roles.length);
});

test('Lambda itself logs only what did not end well, and lets through what the functions say', () => {
  for (const { LoggingConfig } of properties('AWS::Lambda::Function')) {
    expect(LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      SystemLogLevel: 'WARN',
      ApplicationLogLevel: 'INFO',
    });
  }
});

test('every function runs on arm64 and logs to a group with a retention', () => {
  for (const fn of properties('AWS::Lambda::Function')) {
    expect(fn.Architectures).toEqual(['arm64']);
    expect(fn.LoggingConfig).toHaveProperty('LogGroup');
  }
  for (const group of properties('AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(30);
});

test('every route of the REST API has an integration, and those of calls stream', () => {
  const methods = properties('AWS::ApiGateway::Method') as Array<{
    HttpMethod: string;
    Integration: { Type: string; ResponseTransferMode?: string };
  }>;
  for (const { HttpMethod, Integration } of methods) {
    expect(Integration.Type).toBe(['OPTIONS', 'ANY'].includes(HttpMethod) ? 'MOCK' : 'AWS_PROXY');
  }
  const modes = methods.filter(({ Integration }) => Integration.Type === 'AWS_PROXY');
  expect(modes.some(({ Integration }) => Integration.ResponseTransferMode === 'STREAM')).toBe(true);
});

test('every problem that API Gateway answers with is problem+json with a request id', () => {
  const responses = properties('AWS::ApiGateway::GatewayResponse');
  expect(responses.length).toBeGreaterThan(8);
  for (const response of responses) {
    const { 'application/json': body } = response.ResponseTemplates as Record<string, string>;
    expect(JSON.parse(body!)).toMatchObject({ type: expect.stringMatching(/^urn:agenttown:error:/) });
    expect(JSON.parse(body!).requestId).toBe('$context.requestId');
    expect(response.ResponseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
    });
  }
});

test('open registration makes no token and gives no function the right to read one', () => {
  const open = JSON.stringify(stackTemplate({ registration: 'open' }).toJSON());
  expect(open).not.toContain('AWS::SecretsManager::Secret');
  expect(open).not.toContain('secretsmanager:');
});
