import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { env } from '../../lambdas/aws/env';
import { acknowledge } from '../acknowledge';
import { functionBundle } from './function-bundle';

/** What one function is. */
export interface PairingFunctionProps {
  /** The handler's file in `lambdas/`, without its ending. */
  entry: string;
  /** A script that writes files which the handler reads beside its own (see `functionBundle`). Default: none. */
  companion?: string;
  description: string;
  timeout: Duration;
  /** Default 512. */
  memoryMb?: number;
  logRetentionDays: RetentionDays;
  /** Concurrency set aside for this function alone, which is then also its limit. Default: none. */
  reservedConcurrency?: number | undefined;
  /** Whether X-Ray samples its invocations. Default false. */
  traced?: boolean;
}

/** One function on arm64, with a role of its own that may write its own log group and nothing else, until a grant says so. */
export class PairingFunction extends LambdaFunction {
  /** The handler's file in `lambdas/`, without its ending. */
  readonly entry: string;

  constructor(scope: Construct, id: string, props: PairingFunctionProps) {
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      code: functionBundle(scope, props.entry, props.companion),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: props.timeout,
      role,
      logGroup,
      // START, END and REPORT of every run were half of all log bytes; what fails is still reported. Metrics count as INFO.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: { [env.deployment]: Stack.of(scope).stackName },
      ...(props.traced ? { tracing: Tracing.ACTIVE } : {}),
      ...(props.reservedConcurrency ? { reservedConcurrentExecutions: props.reservedConcurrency } : {}),
    });
    this.entry = props.entry;
    if (props.traced) {
      acknowledge(role, { 'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resources to name.' });
    }
  }
}
