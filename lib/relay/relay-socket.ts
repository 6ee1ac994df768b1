import { Stack } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { env } from '../../lambdas/aws/env';
import { acknowledge } from '../acknowledge';
import type { Options } from '../options/options';
import { pinLogicalId } from '../pinned';

const stageName = 'relay';

/** The management API's verbs that a function may need. */
export type SocketVerb = 'POST' | 'GET' | 'DELETE';

/** The WebSocket API that runtimes, Apps and viewers connect to, and the right to reach their sockets. */
export class RelaySocket extends Construct {
  private readonly api: CfnApi;
  readonly apiId: string;
  /** Also the first segment of the URL's path. */
  readonly stageName = stageName;
  /** The stage's name as a reference: what names the stage so is made after it and deleted before it. */
  readonly stageReference: string;
  /** Host name of the API's own URL. */
  readonly host: string;
  /** `wss://…/relay`. */
  readonly url: string;

  constructor(scope: Construct, id: string, options: Options) {
    super(scope, id);
    this.api = new CfnApi(this, 'Api', {
      name: 'agenttown-pairing-relay',
      protocolType: 'WEBSOCKET',
      // Every frame goes to $default: what a frame means is the protocol's to say, not the route's.
      routeSelectionExpression: '$request.body.route',
    });
    pinLogicalId(this.api, 'RelayApi');
    const stage = new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName,
      autoDeploy: true,
      // Over all sockets: AWS WAF, which could count each caller, does not guard WebSocket APIs.
      defaultRouteSettings: {
        throttlingRateLimit: options.socketThrottleRate,
        throttlingBurstLimit: options.socketThrottleBurst,
      },
    });
    acknowledge(stage, {
      'AwsSolutions-APIG1':
        'An access log of API Gateway needs a role on the account; the functions log each connect and disconnect.',
    });
    acknowledge(this, {
      'AwsSolutions-APIG4':
        '$connect authenticates: it refuses a handshake without a credential of the relay.',
    });
    this.stageReference = stage.ref;
    const { region, urlSuffix } = Stack.of(this);
    this.apiId = this.api.ref;
    this.host = `${this.api.ref}.execute-api.${region}.${urlSuffix}`;
    this.url = `wss://${this.host}/${stageName}`;
  }

  /** Sends `$connect`, `$default` and `$disconnect` to a function. */
  serve(fn: LambdaFunction): void {
    const { region, partition, account } = Stack.of(this);
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`,
    });
    for (const routeKey of ['$connect', '$default', '$disconnect']) {
      new CfnRoute(this, `Route${routeKey.slice(1)}`, {
        apiId: this.api.ref,
        routeKey,
        target: `integrations/${integration.ref}`,
        authorizationType: 'NONE',
      });
    }
    fn.addPermission('RelaySocket', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}/*`,
      scope: this,
    });
  }

  /** Lets a function use these verbs on sockets, and tells it the management endpoint. */
  grant(fn: LambdaFunction, ...verbs: SocketVerb[]): void {
    const { region, partition, account } = Stack.of(this);
    const arn = `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}/${stageName}`;
    fn.addEnvironment(env.managementEndpoint, `https://${this.host}/${stageName}`);
    fn.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['execute-api:ManageConnections'],
        resources: verbs.map((verb) => `${arn}/${verb}/@connections/*`),
      }),
    );
    const found = (verb: SocketVerb) =>
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<RelayApi>/${stageName}/${verb}/@connections/*]`;
    const reason = 'A connection has its id only once it is open: the right is to this verb on this stage.';
    acknowledge(fn.role!, Object.fromEntries(verbs.map((verb) => [found(verb), reason])));
  }
}
