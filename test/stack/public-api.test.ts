import { type ErrorKind, errorKinds } from '../../lambdas/core/wire/errors';
import { gatewayProblems, methodNotAllowed, notFound } from '../../lib/api/problem-template';
import { routes } from '../../lib/api/routes';
import { stackTemplate } from '../support/stack/synthesized';

type Resources = Record<
  string,
  { Type: string; Properties: Record<string, unknown>; DependsOn?: string | string[] }
>;
const resourcesOf = () => stackTemplate().toJSON().Resources as Resources;
const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

const resources = resourcesOf();
const responses = ofType(resources, 'AWS::ApiGateway::GatewayResponse');

/** The one deployment: its logical id, and what is there before it. */
function deploymentOf(from: Resources): { id: string; after: string[] } {
  const [deployment] = ofType(from, 'AWS::ApiGateway::Deployment');
  const [id, { DependsOn = [] }] = deployment!;
  return { id, after: [DependsOn].flat() };
}

/** Methods by their path. */
function methodsByPath(): Map<string, string[]> {
  const ref = (value: unknown) => (value as { Ref?: string }).Ref;
  const pathOf = (id: string | undefined): string => {
    const resource = id === undefined ? undefined : resources[id];
    if (resource?.Type !== 'AWS::ApiGateway::Resource') return '';
    return `${pathOf(ref(resource.Properties.ParentId))}/${resource.Properties.PathPart}`;
  };
  const methods = new Map<string, string[]>([['/', []]]);
  for (const [id] of ofType(resources, 'AWS::ApiGateway::Resource')) methods.set(pathOf(id), []);
  for (const [, { Properties }] of ofType(resources, 'AWS::ApiGateway::Method')) {
    methods.get(pathOf(ref(Properties.ResourceId)) || '/')!.push(Properties.HttpMethod as string);
  }
  return methods;
}

test('a changed text of a gateway response, or of a method without a function, is another deployment', () => {
  const before = deploymentOf(resources).id;
  for (const problem of [
    gatewayProblems.THROTTLED!,
    gatewayProblems.DEFAULT_4XX!,
    methodNotAllowed,
    notFound,
  ]) {
    const { detail } = problem;
    problem.detail = 'Other words.';
    try {
      expect(deploymentOf(resourcesOf()).id).not.toBe(before);
    } finally {
      problem.detail = detail;
    }
  }
  expect(deploymentOf(resourcesOf()).id).toBe(before);
});

test('every gateway response and every method is there before the deployment is made', () => {
  const needed = [...responses, ...ofType(resources, 'AWS::ApiGateway::Method')].map(([id]) => id);
  expect(deploymentOf(resources).after).toEqual(expect.arrayContaining(needed));
});

test('every path answers every method, and one that no route has is answered at all', () => {
  const methods = methodsByPath();
  expect([...methods].filter(([, of]) => !of.includes('ANY'))).toEqual([]);
  expect([...methods.keys()]).toEqual(expect.arrayContaining(['/', '/api', '/api/relay', '/{proxy+}']));
  for (const { path, method } of routes) expect(methods.get(path)).toContain(method);
});

test('whatever API Gateway refuses by itself, browsers may read it', () => {
  const types = responses.map(([, { Properties }]) => Properties.ResponseType);
  expect(types).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'WAF_FILTERED']));
  for (const [, { Properties }] of responses) {
    expect(Properties.ResponseParameters).toMatchObject({
      'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
    });
  }
});

test('what API Gateway answers is of the closed list of errors, with its status and its word on a retry', () => {
  for (const { code, status, retryable = false, retry } of [
    ...Object.values(gatewayProblems),
    methodNotAllowed,
    notFound,
  ]) {
    const kind: ErrorKind = errorKinds[code as keyof typeof errorKinds];
    expect([code, status, retryable]).toEqual([code, kind.status, kind.retryable]);
    // Whatever a function did of which API Gateway heard nothing, the same id does not do it twice.
    expect([code, retry]).toEqual([code, retryable ? 'same-id' : undefined]);
  }
});
