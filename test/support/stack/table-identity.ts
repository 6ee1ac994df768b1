/** What CloudFormation tells one table from another by: a change of any of it replaces the table, with all its rows. */

interface Key {
  AttributeName: string;
  KeyType: string;
}

/**
 * Each table's identity by its logical id, as `gatewayId:S clientId:S`. A name of its own, and a local secondary index,
 * would replace the table as well, so they are part of it.
 */
export function tableIdentities(template: Record<string, unknown>): Record<string, string> {
  const resources = template.Resources as Record<
    string,
    { Type: string; Properties?: Record<string, unknown> }
  >;
  const tables = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  return Object.fromEntries(tables.map(([id, { Properties }]) => [id, identityOf(Properties ?? {})]));
}

function identityOf(properties: Record<string, unknown>): string {
  const { TableName, LocalSecondaryIndexes, ImportSourceSpecification } = properties;
  const types = new Map(
    (properties.AttributeDefinitions as Array<{ AttributeName: string; AttributeType: string }>).map(
      ({ AttributeName, AttributeType }) => [AttributeName, AttributeType],
    ),
  );
  const keys = (properties.KeySchema as Key[]).map(
    ({ AttributeName }) => `${AttributeName}:${types.get(AttributeName)}`,
  );
  const more = { TableName, LocalSecondaryIndexes, ImportSourceSpecification };
  const named = Object.entries(more).filter(([, value]) => value !== undefined);
  return [...keys, ...named.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
