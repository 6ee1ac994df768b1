import { Duration } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, ResponseTransferMode, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Options } from '../options/options';
import { pinLogicalId } from '../pinned';
import { addGatewayResponses } from './gateway-responses';
import { addMethodNotAllowed, addNotFound, addPreflight } from './mock-methods';
import { bufferedFunctions, type HttpFunctionName, parentPaths, routes } from './routes';

/** What the API is made of. */
export interface PublicApiProps {
  functions: Partial<Record<HttpFunctionName, IFunction>>;
  options: Options;
}

/** The stage's name, which is the first segment of the default URL's path. */
export const restStageName = 'v1';

/** The REST API: the routes, their preflights, and answers in problem+json where API Gateway itself refuses. */
export class PublicApi extends Construct {
  readonly api: RestApi;
  /** Host name of the API's own URL. */
  readonly host: string;
  /** The stage's URL without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, { functions, options }: PublicApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: 'agenttown-pairing-server',
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: {
        stageName: restStageName,
        throttlingRateLimit: options.throttleRate,
        throttlingBurstLimit: options.throttleBurst,
      },
      cloudWatchRole: false,
    });
    pinLogicalId(this.api, 'PublicApi');
    // The construct's own output: not where callers should go when there is an edge or an own name.
    this.api.node.tryRemoveChild('Endpoint');
    acknowledge(this, {
      'AwsSolutions-APIG1':
        'An access log of API Gateway needs a role on the account; the functions log each request, without its query.',
      'AwsSolutions-APIG2':
        'The functions check every body against its schema and answer with the fields at fault.',
      'AwsSolutions-APIG3': 'A web ACL costs money and suits one installation: `-c webAclArn=…` names one.',
      'AwsSolutions-APIG4':
        'Runtimes and Apps are no AWS principals: the functions check the credentials of the relay.',
      'AwsSolutions-APIG6':
        'An execution log of API Gateway would hold bodies and headers, and with them credentials.',
      'AwsSolutions-COG4':
        'Runtimes and Apps are no Cognito users: the functions check the credentials of the relay.',
    });
    const integrations = new Map<HttpFunctionName, LambdaIntegration>();
    const served = routes.filter(({ serves }) => functions[serves] !== undefined);
    for (const { method, path, serves } of served) {
      const integration = integrations.get(serves) ?? integrationOf(serves, functions[serves]!);
      integrations.set(serves, integration);
      this.api.root.resourceForPath(path).addMethod(method, integration);
    }
    for (const path of new Set(served.map((route) => route.path))) {
      const resource = this.api.root.resourceForPath(path);
      addPreflight(resource, options.allowedOrigins, methodsOf(path));
      addMethodNotAllowed(resource, options.allowedOrigins, methodsOf(path));
    }
    for (const path of ['/{proxy+}', ...parentPaths])
      addNotFound(this.api.root.resourceForPath(path), options.allowedOrigins);
    addGatewayResponses(this, this.api, options.allowedOrigins);
    this.host = `${this.api.restApiId}.execute-api.${this.api.stack.region}.${this.api.stack.urlSuffix}`;
    this.url = `https://${this.host}/${restStageName}`;
    // A global one guards the edge.
    if (options.webAclArn?.includes(':regional/')) {
      new CfnWebACLAssociation(this, 'WebAcl', {
        resourceArn: this.api.deploymentStage.stageArn,
        webAclArn: options.webAclArn,
      });
    }
  }
}

function integrationOf(name: HttpFunctionName, fn: IFunction): LambdaIntegration {
  const streamed = !bufferedFunctions.has(name);
  return new LambdaIntegration(fn, {
    scopePermissionToMethod: false,
    responseTransferMode: streamed ? ResponseTransferMode.STREAM : ResponseTransferMode.BUFFERED,
    timeout: streamed ? Duration.minutes(15) : Duration.seconds(29),
  });
}

function methodsOf(path: string): string[] {
  return routes.filter((route) => route.path === path).map((route) => route.method);
}
