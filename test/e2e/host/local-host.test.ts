import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly } from '../../../local/types';
import { call, redeem, register, request } from '../../support/api';
import { registrationToken, setVariable, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

/** Takes one action out of every policy of the template. */
function without(action: string, policyName: string) {
  return (assembly: Assembly) => {
    let taken = 0;
    for (const [id, { Type, Properties }] of Object.entries(assembly.template.Resources)) {
      if (Type !== 'AWS::IAM::Policy' || !id.startsWith(policyName)) continue;
      const document = Properties!.PolicyDocument as { Statement: Array<{ Action: string | string[] }> };
      for (const statement of document.Statement) {
        const actions = [statement.Action].flat();
        taken += actions.filter((name) => name === action).length;
        const left = actions.filter((name) => name !== action);
        statement.Action = left.length > 0 ? left : ['dynamodb:Nothing'];
      }
    }
    if (taken === 0) throw new Error(`${policyName} has no ${action}`);
  };
}

test('a grant that is missing from the template is AccessDenied, as on AWS', async () => {
  const relay = await startRelay({ change: without('dynamodb:PutItem', 'RegisterRole') });
  const body = { runtimeType: 'x' };
  const answer = await request(relay.url, 'POST /api/relay/register', {
    credential: registrationToken,
    body,
  });
  await relay.stop();
  expect([answer.status, answer.body.code]).toEqual([500, 'internal_error']);
  expect(relay.logged.join('\n')).toContain('not authorized to perform: dynamodb:PutItem');
  expect(JSON.stringify(answer.body)).not.toContain('dynamodb');
});

test('a code past its time is dead although its row still exists', async () => {
  const relay = await startRelay({
    change: (assembly) => setVariable(assembly, 'Register', 'ACCESS_CODE_TTL_SECONDS', '-1'),
  });
  const { accessCode } = await register(relay.url);
  const { status } = await request(relay.url, 'POST /api/relay/redeem', { body: { accessCode } });
  const rows = await rowsOf(relay.host.aws.dynamodbUrl, 'Codes');
  await relay.stop();
  expect(status).toBe(404);
  expect(rows).toBe(1);
});

test('what was written with a database file is there after a restart', async () => {
  const dbFile = join(mkdtempSync(join(tmpdir(), 'pairing-db-')), 'tables.db');
  const first = await startRelay({ dbFile });
  const registered = await register(first.url);
  const app = await redeem(first.url, registered.accessCode);
  await first.stop();
  const second = await startRelay({ dbFile });
  const relayUrl = registered.relayUrl.replace(new URL(first.url).host, new URL(second.url).host);
  const runtime = await TestRuntime.connect({ ...registered, relayUrl }, echo);
  const { body } = await call(second.url, app, { method: 'echo', params: 'remembered' });
  expect(body.result).toBe('remembered');
  await runtime.close();
  await second.stop();
});

/** How many rows the one table with this noun has, expired ones included. */
async function rowsOf(endpoint: string, noun: string): Promise<number> {
  const { DynamoDBClient, ListTablesCommand, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes(noun))!;
  const { Count } = await client.send(new ScanCommand({ TableName }));
  client.destroy();
  return Count!;
}
