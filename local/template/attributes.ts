/**
 * What `Ref` and `Fn::GetAtt` give for each resource type. Names are the template's own, or the logical id;
 * identifiers that AWS would draw at random are derived from the logical id, so they are the same in every run.
 */
import { createHash } from 'node:crypto';

/** Where the local stack pretends to live. */
export const REGION = 'us-east-1';
/** The account that owns everything here. */
export const ACCOUNT_ID = '000000000000';
export const PARTITION = 'aws';
export const URL_SUFFIX = 'amazonaws.com';

/** A resource as its attributes see it: names and logical id, properties resolved. */
export interface NamedResource {
  logicalId: string;
  type: string;
  /** Resolves one property. */
  property(name: string): string | undefined;
}

/** An ARN in the local account and region. */
export function arn(service: string, resource: string, region: string = REGION): string {
  return `arn:${PARTITION}:${service}:${region}:${ACCOUNT_ID}:${resource}`;
}

/** Host name of an API's own URL. */
export function apiHost(apiId: string): string {
  return `${apiId}.execute-api.${REGION}.${URL_SUFFIX}`;
}

/** Ten letters and digits, as API Gateway draws them for its ids. */
export function shortId(seed: string): string {
  return BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString(36)
    .slice(0, 10);
}

interface Kind {
  ref(resource: NamedResource): string;
  attributes?: Record<string, (resource: NamedResource) => string>;
}

const named = (property: string) => (resource: NamedResource) =>
  resource.property(property) ?? resource.logicalId;
const drawn = (resource: NamedResource) => shortId(resource.logicalId);
const upper = (resource: NamedResource) => `E${shortId(resource.logicalId).toUpperCase()}`;

const tableArn = (table: NamedResource) => arn('dynamodb', `table/${named('TableName')(table)}`);
const TABLE: Kind = {
  ref: named('TableName'),
  attributes: {
    Arn: tableArn,
    StreamArn: (table) => `${tableArn(table)}/stream/2026-01-01T00:00:00.000`,
    TableId: (table) => shortId(table.logicalId),
  },
};

const functionArn = (fn: NamedResource) => arn('lambda', `function:${named('FunctionName')(fn)}`);
const secretArn = (secret: NamedResource) =>
  arn('secretsmanager', `secret:${named('Name')(secret)}-${shortId(secret.logicalId).slice(0, 6)}`);
const queueUrl = (queue: NamedResource) =>
  `https://sqs.${REGION}.${URL_SUFFIX}/${ACCOUNT_ID}/${named('QueueName')(queue)}`;
const topicArn = (topic: NamedResource) => arn('sns', named('TopicName')(topic));
const edgePolicy: Kind = { ref: upper, attributes: { Id: upper } };

const KINDS: Record<string, Kind> = {
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::SecretsManager::Secret': { ref: secretArn, attributes: { Id: secretArn } },
  'AWS::IAM::Role': {
    ref: named('RoleName'),
    attributes: {
      Arn: (role) => arn('iam', `role/${named('RoleName')(role)}`, ''),
      RoleId: (role) => `AROA${shortId(role.logicalId).toUpperCase()}`,
    },
  },
  'AWS::SQS::Queue': {
    ref: queueUrl,
    attributes: {
      Arn: (queue) => arn('sqs', named('QueueName')(queue)),
      QueueName: named('QueueName'),
      QueueUrl: queueUrl,
    },
  },
  'AWS::SNS::Topic': { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: named('TopicName') } },
  'AWS::Lambda::Function': { ref: named('FunctionName'), attributes: { Arn: functionArn } },
  'AWS::Lambda::EventSourceMapping': { ref: drawn, attributes: { Id: drawn } },
  'AWS::Logs::LogGroup': {
    ref: named('LogGroupName'),
    attributes: { Arn: (group) => arn('logs', `log-group:${named('LogGroupName')(group)}:*`) },
  },
  'AWS::CloudWatch::Alarm': {
    ref: named('AlarmName'),
    attributes: { Arn: (alarm) => arn('cloudwatch', `alarm:${named('AlarmName')(alarm)}`) },
  },
  'AWS::CloudWatch::Dashboard': { ref: named('DashboardName') },
  'AWS::ApiGateway::RestApi': {
    ref: drawn,
    attributes: { RestApiId: drawn, RootResourceId: (api) => shortId(`${api.logicalId}/`) },
  },
  'AWS::ApiGateway::Resource': { ref: drawn, attributes: { ResourceId: drawn } },
  'AWS::ApiGateway::Deployment': { ref: drawn, attributes: { DeploymentId: drawn } },
  'AWS::ApiGateway::Stage': { ref: named('StageName') },
  'AWS::ApiGateway::Method': { ref: drawn },
  'AWS::ApiGatewayV2::Api': {
    ref: drawn,
    attributes: {
      ApiId: drawn,
      ApiEndpoint: (api) => `wss://${drawn(api)}.execute-api.${REGION}.${URL_SUFFIX}`,
    },
  },
  'AWS::ApiGatewayV2::Integration': { ref: drawn, attributes: { IntegrationId: drawn } },
  'AWS::ApiGatewayV2::Route': { ref: drawn, attributes: { RouteId: drawn } },
  'AWS::ApiGatewayV2::Deployment': { ref: drawn, attributes: { DeploymentId: drawn } },
  'AWS::ApiGatewayV2::Stage': { ref: named('StageName') },
  'AWS::CloudFront::Distribution': {
    ref: upper,
    attributes: { Id: upper, DomainName: (edge) => `d${shortId(edge.logicalId)}.cloudfront.net` },
  },
  'AWS::CloudFront::Function': {
    ref: (fn) => arn('cloudfront', `function/${named('Name')(fn)}`, ''),
    attributes: { FunctionARN: (fn) => arn('cloudfront', `function/${named('Name')(fn)}`, '') },
  },
  'AWS::CloudFront::CachePolicy': edgePolicy,
  'AWS::CloudFront::OriginRequestPolicy': edgePolicy,
  'AWS::CloudFront::ResponseHeadersPolicy': edgePolicy,
};

/** What `Ref` gives for a resource. Throws for a type without one. */
export function refOf(resource: NamedResource): string {
  const kind = KINDS[resource.type];
  if (!kind)
    throw new Error(
      `The local host does not know what Ref gives for ${resource.logicalId} (${resource.type}).`,
    );
  return kind.ref(resource);
}

/** What `Fn::GetAtt` gives for a resource. Throws for an attribute that is not in the table above. */
export function attributeOf(resource: NamedResource, attribute: string): string {
  const read = KINDS[resource.type]?.attributes?.[attribute];
  if (!read)
    throw new Error(
      `The local host does not know the attribute ${attribute} of ${resource.logicalId} (${resource.type}).`,
    );
  return read(resource);
}
