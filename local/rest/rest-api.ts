import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../functions/functions';
import type { InvokeOutcome } from '../functions/invocation';
import type { MayInvoke } from '../functions/permissions';
import { headerOf, mediaType, type RestRequest, readRequest } from '../http/gateway-request';
import { answerByItself } from '../http/own-answer';
import { type ProxyResponse, readProxyResponse } from '../http/proxy-response';
import { BODY_TIMED_OUT, type BodyOutcome, type BodyReader } from '../http/request-body';
import { ACCOUNT_ID, PARTITION, REGION } from '../template/attributes';
import { expectKnownProperties } from '../template/known-properties';
import type { Resolver, Witness } from '../types';
import { GatewayResponses, type GatewayResponseType, noSignature } from './gateway-responses';
import { answerMock } from './mock-integration';
import { preflightNames } from './preflight';
import { writeAnswer, writeProxyAnswer, writeProxyHead } from './rest-answer';
import { isBinary, restEvent } from './rest-event';
import type { RestIntegration } from './rest-integration';
import { type RestMatch, RestRoutes } from './rest-routes';
import { restScope } from './rest-scope';
import { readStage, type Stage } from './rest-stage';
import { streamAnswer } from './rest-stream';

/** Why a call of a function gave no answer, as API Gateway reports it. */
const FAILURES: Record<Exclude<InvokeOutcome['kind'], 'ok'> | 'malformed', GatewayResponseType> = {
  // Lambda refused: 500. The function ran and failed, timed out or answered nonsense: 502 (Lambda, API Gateway errors).
  throttled: 'API_CONFIGURATION_ERROR',
  'too-large': 'REQUEST_TOO_LARGE',
  'function-error': 'BAD_GATEWAY',
  malformed: 'BAD_GATEWAY',
};

const MOCK_FAILURES = {
  'unsupported-media-type': 'UNSUPPORTED_MEDIA_TYPE',
  misconfigured: 'API_CONFIGURATION_ERROR',
} as const;

/** One request on its way. */
interface Exchange {
  request: RestRequest;
  response: ServerResponse;
  match: RestMatch | undefined;
}

/** A REST API of the template, served at the root of the host's port: its stage is not part of the path here. */
export class RestApi {
  readonly apiId: string;
  readonly stage: Stage;
  readonly #routes: RestRoutes;
  readonly #gatewayResponses: GatewayResponses;
  readonly #functions: Functions;
  readonly #mayInvoke: MayInvoke;
  readonly #throttle: boolean;
  readonly #bodies: BodyReader;
  readonly #witness: Witness | undefined;

  constructor(options: {
    resolver: Resolver;
    /** Of the RestApi. */
    logicalId: string;
    functions: Functions;
    mayInvoke: MayInvoke;
    bodies: BodyReader;
    /** False lifts the stage's throttles. */
    throttle: boolean;
    witness?: Witness | undefined;
  }) {
    const { resolver, logicalId } = options;
    const api = resolver
      .ofType('AWS::ApiGateway::RestApi')
      .find((candidate) => candidate.logicalId === logicalId);
    expectKnownProperties(
      logicalId,
      api!.properties,
      ['Name', 'BinaryMediaTypes', 'EndpointConfiguration'],
      ['Description', 'DisableExecuteApiEndpoint', 'Tags'],
    );
    this.apiId = resolver.ref(logicalId);
    const rootResourceId = resolver.resolve<string>({ 'Fn::GetAtt': [logicalId, 'RootResourceId'] });
    this.#routes = new RestRoutes(resolver, this.apiId, rootResourceId);
    this.#gatewayResponses = new GatewayResponses(resolver, this.apiId);
    const binaryMediaTypes = (api!.properties.BinaryMediaTypes as string[] | undefined) ?? [];
    this.stage = readStage(resolver, this.apiId, binaryMediaTypes);
    this.#throttle = options.throttle;
    this.#bodies = options.bodies;
    this.#witness = options.witness;
    this.#functions = options.functions;
    this.#mayInvoke = options.mayInvoke;
  }

  /** Whether a path has a method, be it `ANY`. */
  serves(method: string, path: string): boolean {
    return this.#routes.match(method, path) !== undefined;
  }

  /** Whether the API's preflights grant an origin by its name: `*` names nobody. */
  namesOrigin(origin: string): boolean {
    return preflightNames(this.#routes, origin);
  }

  /** Answers one request. */
  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(incoming);
    const match = this.#routes.match(request.method, request.path);
    const exchange: Exchange = { request, response, match };
    response.setHeader('x-amzn-requestid', request.requestId);
    response.setHeader('x-amz-apigw-id', request.extendedRequestId);
    if (!match) return this.#refuseUnknown(exchange);
    if (this.#throttle && !this.stage.admit(match.route)) return this.#refuse(exchange, 'THROTTLED');
    const body = await this.#bodies.read(incoming);
    if (typeof body === 'string') return this.#refuseBody(exchange, body);
    this.#witness?.gaveBody(request.path, body, response);
    const { integration } = match.route;
    if (integration.kind === 'mock') return this.#answerMock(exchange, integration, body);
    await this.#answerFunction({ ...exchange, match }, integration, body);
  }

  #refuseUnknown(exchange: Exchange): void {
    const authorization = headerOf(exchange.request, 'authorization');
    if (authorization === undefined) this.#refuse(exchange, 'MISSING_AUTHENTICATION_TOKEN');
    else this.#refuse(exchange, 'INCOMPLETE_SIGNATURE', noSignature(authorization));
  }

  #refuseBody(exchange: Exchange, outcome: Exclude<BodyOutcome, Buffer>): void {
    if (outcome === 'gone') return;
    // What is still on its way is never read.
    exchange.response.setHeader('connection', 'close');
    if (outcome === 'timed-out') answerByItself(exchange.response, BODY_TIMED_OUT);
    else this.#refuse(exchange, outcome === 'too-large' ? 'REQUEST_TOO_LARGE' : 'THROTTLED');
  }

  #answerMock(exchange: Exchange, mock: Extract<RestIntegration, { kind: 'mock' }>, body: Buffer): void {
    const { request, response } = exchange;
    const outcome = answerMock(
      mock,
      mediaType(headerOf(request, 'content-type')),
      mediaType(headerOf(request, 'accept')),
      restScope(request, exchange.match, this.stage, body.toString()),
    );
    if (outcome.kind === 'answered') writeAnswer(response, outcome);
    else this.#refuse(exchange, MOCK_FAILURES[outcome.kind]);
  }

  async #answerFunction(
    exchange: Exchange & { match: RestMatch },
    integration: Extract<RestIntegration, { kind: 'function' }>,
    requestBody: Buffer,
  ): Promise<void> {
    const { request, response, match } = exchange;
    const functionLogicalId = this.#functions.logicalIdOf(integration.functionArn);
    if (!this.#mayInvoke(this.#methodArn(match), functionLogicalId)) {
      return this.#refuse(exchange, 'API_CONFIGURATION_ERROR');
    }
    const event = restEvent(request, match.route, match.pathParameters, this.stage, requestBody);
    const timer = setTimeout(() => {
      if (response.headersSent) response.destroy();
      else this.#refuse(exchange, 'INTEGRATION_TIMEOUT');
    }, integration.timeoutMs);
    timer.unref();
    response.on('close', () => clearTimeout(timer));

    if (integration.streaming) {
      const writeHead = (head: ProxyResponse) => writeProxyHead(response, head);
      const answer = await streamAnswer(this.#functions, functionLogicalId, event, response, writeHead);
      if (answer !== 'answered') this.#refuse(exchange, FAILURES[answer]);
      return;
    }
    const outcome = await this.#functions.invoke(functionLogicalId, event);
    if (outcome.kind !== 'ok') return this.#refuse(exchange, FAILURES[outcome.kind]);
    const answer = readProxyResponse(outcome.payload);
    if (!answer) return this.#refuse(exchange, FAILURES.malformed);
    if (response.headersSent || response.destroyed) return;
    writeProxyAnswer(response, answer, this.#takesBytes(request));
  }

  /** Base64 is decoded only for a caller whose first accepted media type the API lists as binary. */
  #takesBytes(request: RestRequest): boolean {
    return isBinary(this.stage.binaryMediaTypes, mediaType(headerOf(request, 'accept')?.split(',')[0]));
  }

  #refuse(exchange: Exchange, type: GatewayResponseType, message?: string): void {
    const { request, response } = exchange;
    if (response.headersSent || response.destroyed) return;
    const accept = mediaType(headerOf(request, 'accept'));
    const scope = restScope(request, exchange.match, this.stage);
    const answer = this.#gatewayResponses.answer(type, scope, accept, message);
    writeAnswer(response, answer);
  }

  #methodArn({ route }: RestMatch): string {
    const path = route.resourcePath === '/' ? '/' : route.resourcePath.replaceAll(/\{[^}]+\}/g, '*');
    const method = route.method === 'ANY' ? '*' : route.method;
    return `arn:${PARTITION}:execute-api:${REGION}:${ACCOUNT_ID}:${this.apiId}/${this.stage.name}/${method}${path}`;
  }
}
