import { stackTemplate } from '../support/stack/synthesized';
import { tableIdentities } from '../support/stack/table-identity';

/**
 * The tables that deployments hold data in. A line may be added. A line that changes or goes means that the next
 * deployment starts with an empty table: that takes a migration, and a word in the changelog.
 */
const deployedTables = {
  CodesTable: 'codeHash:S',
  GatewaysTable: 'gatewayId:S',
  ClientsTable: 'gatewayId:S clientId:S',
  ConnectionsTable: 'connectionId:S',
  RpcsTable: 'callKey:S item:S',
  MonitorEventsTable: 'shardId:S batchId:S',
  AttemptsTable: 'attemptKey:S',
};

const template = stackTemplate().toJSON();

test('the tables, their logical ids and their keys are exactly the deployed ones', () => {
  expect(tableIdentities(template)).toEqual(deployedTables);
});

test.each([
  { edge: 'true' },
  { removalPolicy: 'destroy' },
  { registration: 'open' },
  { stackName: 'Second' },
])('no option replaces a table: %j', (context) => {
  expect(tableIdentities(stackTemplate(context).toJSON())).toEqual(deployedTables);
});

type Change = (resources: Record<string, { Properties: Record<string, unknown> }>) => void;

const replacements: Array<[string, Change]> = [
  [
    'another logical id',
    (resources) => {
      resources.TablesCodesTable1A2B3C4D = resources.CodesTable!;
      delete resources.CodesTable;
    },
  ],
  [
    'another key',
    (resources) => {
      const { KeySchema } = resources.ClientsTable!.Properties as { KeySchema: unknown[] };
      KeySchema.pop();
    },
  ],
  [
    'a key of another type',
    (resources) => {
      const { AttributeDefinitions } = resources.RpcsTable!.Properties as {
        AttributeDefinitions: Array<{ AttributeType: string }>;
      };
      for (const attribute of AttributeDefinitions) attribute.AttributeType = 'N';
    },
  ],
  [
    'a fixed name',
    (resources) => {
      resources.GatewaysTable!.Properties.TableName = 'gateways';
    },
  ],
];

test.each(replacements)('a change that would replace a table is noticed: %s', (_, change) => {
  const changed = structuredClone(template);
  change(changed.Resources);
  expect(tableIdentities(changed)).not.toEqual(deployedTables);
});

test('what gives the deployment its addresses and its token keeps its logical id', () => {
  const atEdge = stackTemplate({ edge: 'true' });
  const idsOf = (type: string) => Object.keys(atEdge.findResources(type));
  expect(idsOf('AWS::ApiGateway::RestApi')).toEqual(['PublicApi']);
  expect(idsOf('AWS::ApiGatewayV2::Api')).toEqual(['RelayApi']);
  expect(idsOf('AWS::CloudFront::Distribution')).toEqual(['EdgeDistribution']);
  expect(idsOf('AWS::SecretsManager::Secret')).toContain('RegistrationTokenSecret');
});

test('retained tables cannot be deleted, those of a trial can', () => {
  const protectionOf = (context: Record<string, string>) =>
    Object.values(stackTemplate(context).findResources('AWS::DynamoDB::Table')).map(
      ({ Properties, DeletionPolicy }) => [Properties.DeletionProtectionEnabled, DeletionPolicy],
    );
  for (const table of protectionOf({})) expect(table).toEqual([true, 'Retain']);
  for (const table of protectionOf({ removalPolicy: 'destroy' })) expect(table).toEqual([false, 'Delete']);
});
