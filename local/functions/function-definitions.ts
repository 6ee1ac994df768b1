import type { Assembly, Resolver } from '../types';

/** One function of the template, ready to be started. */
export interface FunctionDefinition {
  logicalId: string;
  name: string;
  arn: string;
  /** Directory of its unzipped bundle. */
  directory: string;
  /** `<file>.<export>`. */
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  /** Undefined: no reserve, no limit of its own. */
  reservedConcurrency: number | undefined;
  environment: Record<string, string>;
}

interface FunctionProperties {
  Code: unknown;
  Handler: string;
  Runtime: string;
  Timeout?: number;
  MemorySize?: number;
  ReservedConcurrentExecutions?: number;
  Environment?: { Variables?: Record<string, unknown> };
  LoggingConfig?: { LogGroup?: string; LogFormat?: string; ApplicationLogLevel?: string };
  PackageType?: string;
}

/** Lambda's defaults where the template is silent. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/**
 * The functions of a template with the environment that Lambda would give them. `awsEnvironment` adds what makes the
 * SDK call the local AWS endpoint.
 */
export function defineFunctions(options: {
  assembly: Assembly;
  resolver: Resolver;
  awsEnvironment: (logicalId: string) => Record<string, string>;
}): FunctionDefinition[] {
  const { assembly, resolver } = options;
  return resolver.ofType<FunctionProperties>('AWS::Lambda::Function').map(({ logicalId, properties }) => {
    if (!properties.Runtime?.startsWith('nodejs')) {
      throw new Error(`${logicalId}: the local host runs Node.js functions only, not ${properties.Runtime}`);
    }
    const name = resolver.ref(logicalId);
    const definition = {
      logicalId,
      name,
      arn: resolver.resolve<string>({ 'Fn::GetAtt': [logicalId, 'Arn'] }),
      directory: assembly.assetDirectory(properties.Code),
      handler: properties.Handler,
      memoryMb: Number(properties.MemorySize ?? DEFAULT_MEMORY_MB),
      timeoutMs: Number(properties.Timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
    };
    const {
      LogGroup = `/aws/lambda/${name}`,
      LogFormat,
      ApplicationLogLevel,
    } = properties.LoggingConfig ?? {};
    const level = ApplicationLogLevel ? { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel } : {};
    const variables = Object.entries(properties.Environment?.Variables ?? {});
    return {
      ...definition,
      environment: {
        ...runtimeEnvironment(definition, properties.Runtime, LogGroup),
        AWS_LAMBDA_LOG_FORMAT: LogFormat ?? 'Text',
        ...level,
        ...Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
        ...options.awsEnvironment(logicalId),
      },
    };
  });
}

/** The variables that Lambda's runtime sets by itself, and PATH; nothing of this process leaks in. */
function runtimeEnvironment(
  definition: { name: string; handler: string; memoryMb: number; directory: string },
  runtime: string,
  logGroup: string,
): Record<string, string> {
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    // Lambda has the runtime's Node.js; a warning about this machine's would only be noise.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LAMBDA_TASK_ROOT: definition.directory,
    LANG: 'en_US.UTF-8',
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    _HANDLER: definition.handler,
  };
}
