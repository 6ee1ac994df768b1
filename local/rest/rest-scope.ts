import { type RestRequest, requestTime } from '../http/gateway-request';
import { byName } from '../http/name-values';
import { ACCOUNT_ID } from '../template/attributes';
import type { RestStage } from './rest-event';
import type { RestMatch } from './rest-routes';
import type { TemplateScope } from './vtl';

/** What the mapping templates and gateway responses of one request see. `match` is absent where no route fits. */
export function restScope(
  request: RestRequest,
  match: RestMatch | undefined,
  stage: RestStage,
  body = '',
): TemplateScope {
  return {
    context: {
      apiId: stage.apiId,
      accountId: ACCOUNT_ID,
      stage: stage.name,
      requestId: request.requestId,
      extendedRequestId: request.extendedRequestId,
      httpMethod: request.method,
      path: `/${stage.name}${request.path}`,
      resourcePath: match?.route.resourcePath,
      resourceId: match?.route.resourceId,
      protocol: request.protocol,
      domainName: request.host,
      requestTime: requestTime(request.receivedAt),
      requestTimeEpoch: request.receivedAt.getTime(),
      identity: { sourceIp: request.sourceIp, userAgent: request.userAgent },
    },
    stageVariables: byName(Object.entries(stage.variables ?? {})),
    parameters: {
      path: match?.pathParameters ?? byName([]),
      querystring: byName(request.query),
      header: byName(request.headers),
    },
    body,
  };
}
