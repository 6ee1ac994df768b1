/** Composes the front side of the local host: functions, the APIs that call them, and the edge in front of those. */
import { Edge } from './edge/edge';
import type { ServedApis } from './front-server';
import { defineFunctions } from './functions/function-definitions';
import { Functions } from './functions/functions';
import type { FunctionLogLine } from './functions/surroundings';
import { type BodyLimits, BodyReader } from './http/request-body';
import { RestApi } from './rest/rest-api';
import type { Assembly, AwsSide } from './types';
import type { Connections } from './websocket/connections';
import { WebSocketApi } from './websocket/websocket-api';
import type { WebSocketLimits } from './websocket/websocket-limits';

/** What the front side is made from. */
export interface FrontSideOptions {
  assembly: Assembly;
  aws: AwsSide;
  connections: Connections;
  limits: WebSocketLimits;
  bodyLimits: Partial<BodyLimits>;
  /** Whether each environment of a function serves one invocation at a time. */
  isolate: boolean;
  /** False lifts the throttles of the template's stages. */
  throttle: boolean;
  onLog(line: FunctionLogLine): void;
}

/** Reads functions and APIs from the template. Throws one clear error for whatever it cannot stand in for. */
export function composeFrontSide(options: FrontSideOptions): ServedApis & { functions: Functions } {
  const { assembly, aws, connections, limits, throttle } = options;
  const { resolver, mayInvoke } = aws;
  const definitions = defineFunctions({
    assembly,
    resolver,
    awsEnvironment: (logicalId) => aws.environmentFor(logicalId),
  });
  const bodies = new BodyReader(options.bodyLimits);
  const functions = new Functions(definitions, {
    isolate: options.isolate,
    onLog: options.onLog,
    awsOf: (logicalId) => aws.callsOf(logicalId),
  });
  const restApis = resolver.ofType('AWS::ApiGateway::RestApi');
  if (restApis.length > 1) throw new Error(`The local host serves one REST API, not ${restApis.length}`);
  const [rest] = restApis.map(
    ({ logicalId }) =>
      new RestApi({
        resolver,
        logicalId,
        functions,
        mayInvoke,
        bodies,
        throttle,
        witness: connections.witness,
      }),
  );
  const webSockets = resolver.ofType('AWS::ApiGatewayV2::Stage').map(
    ({ logicalId, properties }) =>
      new WebSocketApi({
        resolver,
        logicalId,
        properties,
        connections,
        functions,
        mayInvoke,
        limits,
        throttle,
      }),
  );
  return { functions, rest, webSockets, edge: Edge.of(resolver) };
}
