/**
 * The resource types of CloudFormation that the local host knows: the ones it carries out, and the ones that it
 * leaves out for a reason. Any other type stops the start, because a stack that runs here must mean what it means on AWS.
 */
import type { Template } from '../types';

/** Types that some file of the local host carries out, with what that is. */
export const CARRIED_OUT: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'tables',
  'AWS::DynamoDB::GlobalTable': 'tables',
  'AWS::SecretsManager::Secret': 'secrets',
  'AWS::IAM::Role': 'policies',
  'AWS::IAM::Policy': 'policies',
  'AWS::SQS::Queue': 'queues',
  'AWS::Lambda::Function': 'function workers',
  'AWS::Lambda::Permission': 'permissions',
  'AWS::Lambda::EventSourceMapping': 'event sources',
  'AWS::ApiGateway::RestApi': 'REST API',
  'AWS::ApiGateway::Resource': 'REST API',
  'AWS::ApiGateway::Method': 'REST API',
  'AWS::ApiGateway::GatewayResponse': 'REST API',
  'AWS::ApiGateway::Deployment': 'REST API',
  'AWS::ApiGateway::Stage': 'REST API',
  'AWS::ApiGatewayV2::Api': 'WebSocket API',
  'AWS::ApiGatewayV2::Route': 'WebSocket API',
  'AWS::ApiGatewayV2::Integration': 'WebSocket API',
  'AWS::ApiGatewayV2::Deployment': 'WebSocket API',
  'AWS::ApiGatewayV2::Stage': 'WebSocket API',
  'AWS::CloudFront::Distribution': 'edge',
  'AWS::CloudFront::Function': 'edge',
  'AWS::CloudFront::CachePolicy': 'edge',
  'AWS::CloudFront::OriginRequestPolicy': 'edge',
  'AWS::CloudFront::ResponseHeadersPolicy': 'edge',
};

/** Types that change nothing on one machine, with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'only reports which constructs were used',
  'AWS::Logs::LogGroup': 'functions log to the terminal',
  'AWS::Logs::MetricFilter': 'nothing collects metrics here',
  'AWS::CloudWatch::Alarm': 'nothing collects metrics here',
  'AWS::CloudWatch::CompositeAlarm': 'nothing collects metrics here',
  'AWS::CloudWatch::Dashboard': 'nothing collects metrics here',
  'AWS::SNS::Topic': 'only alarms publish, and there are none here',
  'AWS::SNS::TopicPolicy': 'only alarms publish, and there are none here',
  'AWS::SNS::Subscription': 'only alarms publish, and there are none here',
  'AWS::SQS::QueuePolicy': 'callers are checked by their own policies; the queue is in this process',
  'AWS::ApiGateway::Account': 'names the role that writes access logs',
};

/** Throws one error that names every resource of an unknown type. */
export function refuseUnknownResources(template: Template): void {
  const unknown = Object.entries(template.Resources)
    .filter(([, { Type }]) => !Object.hasOwn(CARRIED_OUT, Type) && !Object.hasOwn(LEFT_OUT, Type))
    .map(([logicalId, { Type }]) => `${logicalId} (${Type})`);
  if (unknown.length > 0)
    throw new Error(`The local host does not know how to stand in for: ${unknown.join(', ')}.`);
}
