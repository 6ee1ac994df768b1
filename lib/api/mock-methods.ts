/** Methods that API Gateway answers without a function. */
import { Duration } from 'aws-cdk-lib';
import { type IResource, MockIntegration, PassthroughBehavior } from 'aws-cdk-lib/aws-apigateway';
import {
  type GatewayProblem,
  methodNotAllowed,
  notFound,
  problemHeaders,
  problemTemplate,
} from './problem-template';

/** How long browsers may remember a preflight. */
const preflightMaxAge = Duration.days(1);

/** What clients call a body, `curl -d` included. */
const bodyTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'multipart/form-data',
  'text/plain',
];

/** Answers browsers that ask before they call. */
export function addPreflight(resource: IResource, allowOrigins: string[], allowMethods: string[]): void {
  const allowHeaders = ['authorization', 'content-type', 'idempotency-key', 'last-event-id'];
  resource.addCorsPreflight({ allowOrigins, allowMethods, allowHeaders, maxAge: preflightMaxAge });
}

/** Without it, API Gateway would answer a wrong method as it answers an unknown path. */
export function addMethodNotAllowed(
  resource: IResource,
  allowedOrigins: string[],
  allowedMethods: string[],
): void {
  addProblem(resource, methodNotAllowed, {
    ...problemHeaders(methodNotAllowed, allowedOrigins),
    Allow: `'${allowedMethods.join(', ')}, OPTIONS'`,
  });
}

/**
 * Without it, API Gateway takes the bearer token of a request for an unknown path as a signature, and answers with 403
 * and a text that quotes it.
 */
export function addNotFound(resource: IResource, allowedOrigins: string[]): void {
  addProblem(resource, notFound, problemHeaders(notFound, allowedOrigins));
}

/** Every method of a resource that has none of its own gets this problem. */
function addProblem(resource: IResource, problem: GatewayProblem, headers: Record<string, string>): void {
  const statusCode = String(problem.status);
  const named = Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]);
  const integration = new MockIntegration({
    // A body of any other kind is refused with 415, since a MOCK can read no status out of it.
    requestTemplates: Object.fromEntries(bodyTypes.map((type) => [type, `{"statusCode": ${statusCode}}`])),
    passthroughBehavior: PassthroughBehavior.NEVER,
    integrationResponses: [
      {
        statusCode,
        responseParameters: Object.fromEntries(named),
        responseTemplates: { 'application/json': problemTemplate(problem) },
      },
    ],
  });
  const responseParameters = Object.fromEntries(named.map(([name]) => [name, true]));
  resource.addMethod('ANY', integration, { methodResponses: [{ statusCode, responseParameters }] });
}
