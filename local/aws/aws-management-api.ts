/**
 * The API Gateway Management API behind the endpoint. On AWS each stage has a host of its own; here it is a path:
 * `/execute-api/<apiId>/<stage>/@connections/<id>`.
 */
import { arn } from '../template/attributes';
import type { ConnectionsBackend, Resolver } from '../types';
import { type AwsService, type ServiceAnswer, ServiceError, type ServiceRequest } from './aws-service';

/** API Gateway's limit of one WebSocket message. */
const MAX_MESSAGE_BYTES = 128 * 1024;

const OPERATIONS: Record<string, string> = {
  POST: 'PostToConnection',
  GET: 'GetConnection',
  DELETE: 'DeleteConnection',
};

/** Path below the endpoint that stands for one stage's host. */
export function managementPath(apiId: string, stage: string): string {
  return `/execute-api/${apiId}/${stage}`;
}

/** One WebSocket stage of the stack. */
export interface WebSocketStage {
  apiId: string;
  apiLogicalId: string;
  stage: string;
}

/** The WebSocket stages of a stack. */
export function webSocketStages(resolver: Resolver): WebSocketStage[] {
  const apis = resolver
    .ofType<{ ProtocolType?: string }>('AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties.ProtocolType === 'WEBSOCKET');
  const stages = resolver.ofType<{ ApiId: string; StageName: string }>('AWS::ApiGatewayV2::Stage');
  return stages.flatMap(({ properties }) => {
    const api = apis.find(({ logicalId }) => resolver.ref(logicalId) === properties.ApiId);
    return api ? [{ apiId: properties.ApiId, apiLogicalId: api.logicalId, stage: properties.StageName }] : [];
  });
}

/** Makes the service over the sockets of the front side. */
export function managementApiService(stages: WebSocketStage[], connections: ConnectionsBackend): AwsService {
  return {
    name: 'execute-api',
    deniedStatus: 403,
    plan: (request) => {
      const { stage, connectionId } = parse(request, stages);
      const operation = OPERATIONS[request.method];
      if (!operation)
        throw new ServiceError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
      return {
        operation,
        resources: [stage.apiLogicalId],
        needs: [
          {
            action: 'execute-api:ManageConnections',
            resource: arn(
              'execute-api',
              `${stage.apiId}/${stage.stage}/${request.method}/@connections/${connectionId}`,
            ),
          },
        ],
        carryOut: () => carryOut(operation, stage, connectionId, request.body, connections),
      };
    },
    error: managementError,
  };
}

/** A stage that is not there has no host on AWS; the nearest answer is that of another endpoint: 403. */
function parse(request: ServiceRequest, stages: WebSocketStage[]) {
  const parts = /^\/execute-api\/([^/]+)\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/i.exec(request.path);
  const stage = stages.find((candidate) => candidate.apiId === parts?.[1] && candidate.stage === parts[2]);
  if (!parts || !stage) throw new ServiceError(403, 'ForbiddenException', 'Forbidden');
  return { stage, connectionId: decodeURIComponent(parts[3]!) };
}

async function carryOut(
  operation: string,
  { apiId, stage }: WebSocketStage,
  id: string,
  body: Buffer,
  connections: ConnectionsBackend,
): Promise<ServiceAnswer> {
  if (operation === 'GetConnection') {
    const found = connections.describe(apiId, stage, id);
    if (!found) throw gone();
    const { connectedAt, lastActiveAt, sourceIp, userAgent } = found;
    return {
      status: 200,
      body: JSON.stringify({ connectedAt, lastActiveAt, identity: { sourceIp, userAgent } }),
    };
  }
  if (operation === 'DeleteConnection') {
    if (connections.disconnect(apiId, stage, id) === 'gone') throw gone();
    return { status: 204, body: '' };
  }
  const outcome =
    body.length > MAX_MESSAGE_BYTES ? 'too-large' : await connections.post(apiId, stage, id, body);
  if (outcome === 'gone') throw gone();
  if (outcome === 'too-large') throw new ServiceError(413, 'PayloadTooLargeException', 'Message too long');
  if (outcome === 'busy') throw new ServiceError(429, 'LimitExceededException', 'Rate exceeded');
  return { status: 200, body: '' };
}

function gone(): ServiceError {
  return new ServiceError(410, 'GoneException', '');
}

/** REST-JSON carries the code in a header; GoneException has no body. */
function managementError(status: number, code: string, message: string): ServiceAnswer {
  return {
    status,
    headers: { 'x-amzn-errortype': code },
    body: message ? JSON.stringify({ message }) : '',
  };
}
