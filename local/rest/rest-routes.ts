import { byName } from '../http/name-values';
import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';
import { type RestIntegration, readIntegration } from './rest-integration';

/** One method of one resource. */
export interface RestRoute {
  resourceId: string;
  /** With its placeholders: `/calls/{id}`. */
  resourcePath: string;
  /** As in the template: may be `ANY`. */
  method: string;
  integration: RestIntegration;
}

/** What a request's path and method lead to. */
export interface RestMatch {
  route: RestRoute;
  /** As the caller encoded them. */
  pathParameters: Record<string, string>;
}

interface Node {
  id: string;
  path: string;
  fixed: Map<string, Node>;
  parameter?: { name: string; node: Node };
  greedy?: { name: string; node: Node };
  methods: Map<string, RestRoute>;
}

interface ResourceProperties {
  RestApiId: string;
  ParentId: string;
  PathPart: string;
}

interface MethodProperties {
  RestApiId: string;
  ResourceId: string;
  HttpMethod: string;
  Integration: unknown;
  AuthorizationType?: string;
  ApiKeyRequired?: boolean;
  MethodResponses?: Array<{ StatusCode: string; ResponseParameters?: Record<string, boolean> }>;
}

/** The resource tree of one REST API. */
export class RestRoutes {
  readonly #root: Node;
  readonly #all: RestRoute[] = [];

  /** `rootResourceId` is what `Fn::GetAtt RootResourceId` gives for the API. */
  constructor(resolver: Resolver, apiId: string, rootResourceId: string) {
    this.#root = newNode(rootResourceId, '/');
    const nodes = new Map([[rootResourceId, this.#root]]);
    const resources = resolver
      .ofType<ResourceProperties>('AWS::ApiGateway::Resource')
      .filter(({ properties }) => properties.RestApiId === apiId)
      .map(({ logicalId, properties }) => ({ id: resolver.ref(logicalId), ...properties }));
    addResources(nodes, resources);
    for (const { logicalId, properties } of resolver.ofType<MethodProperties>('AWS::ApiGateway::Method')) {
      if (properties.RestApiId !== apiId) continue;
      const node = nodes.get(properties.ResourceId);
      if (!node) throw new Error(`${logicalId}: no resource ${properties.ResourceId}`);
      const route = readMethod(logicalId, properties, node);
      node.methods.set(route.method, route);
      this.#all.push(route);
    }
  }

  /** Some route of a method; undefined where there is none. */
  anyOf(method: string): RestRoute | undefined {
    return this.#all.find((route) => route.method === method);
  }

  /** Undefined where API Gateway would answer MISSING_AUTHENTICATION_TOKEN: no such resource, or no such method. */
  match(method: string, path: string): RestMatch | undefined {
    const parts = path === '/' ? [] : path.slice(1).split('/');
    const found = find(this.#root, parts, 0, byName([]));
    // A resource that has only children is one all the same: no greedy one takes its place.
    const route = found?.node.methods.get(method) ?? found?.node.methods.get('ANY');
    return found && route && { route, pathParameters: found.pathParameters };
  }
}

function newNode(id: string, path: string): Node {
  return { id, path, fixed: new Map(), methods: new Map() };
}

/** Resources come in any order: a child may stand before its parent. */
function addResources(
  nodes: Map<string, Node>,
  resources: Array<{ id: string; ParentId: string; PathPart: string }>,
): void {
  let waiting = resources;
  while (waiting.length > 0) {
    const next = waiting.filter((resource) => !addResource(nodes, resource));
    if (next.length === waiting.length) throw new Error(`REST resource ${next[0]!.PathPart} has no parent`);
    waiting = next;
  }
}

function addResource(
  nodes: Map<string, Node>,
  resource: { id: string; ParentId: string; PathPart: string },
): boolean {
  const parent = nodes.get(resource.ParentId);
  if (!parent) return false;
  const node = newNode(resource.id, `${parent.path === '/' ? '' : parent.path}/${resource.PathPart}`);
  nodes.set(resource.id, node);
  const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(resource.PathPart) ?? [];
  if (!name) parent.fixed.set(resource.PathPart, node);
  else if (plus) parent.greedy = { name, node };
  else parent.parameter = { name, node };
  return true;
}

function readMethod(logicalId: string, properties: MethodProperties, node: Node): RestRoute {
  expectKnownProperties(
    logicalId,
    properties,
    [
      'RestApiId',
      'ResourceId',
      'HttpMethod',
      'Integration',
      'AuthorizationType',
      'ApiKeyRequired',
      'MethodResponses',
    ],
    ['OperationName'],
  );
  if ((properties.AuthorizationType ?? 'NONE') !== 'NONE' || properties.ApiKeyRequired) {
    throw new Error(`${logicalId}: the local host knows neither authorizers nor API keys`);
  }
  const integration = readIntegration(logicalId, properties.Integration);
  if (integration.kind === 'mock') expectDeclaredResponses(logicalId, properties, integration.responses);
  return {
    resourceId: node.id,
    resourcePath: node.path,
    method: properties.HttpMethod,
    integration,
  };
}

/** A deployment fails where an integration response has no method response, or sets a header that it lacks. */
function expectDeclaredResponses(
  logicalId: string,
  properties: MethodProperties,
  responses: Array<{ status: number; headers: Record<string, string> }>,
): void {
  for (const { status, headers } of responses) {
    const declared = properties.MethodResponses?.find(({ StatusCode }) => Number(StatusCode) === status);
    if (!declared) throw new Error(`${logicalId}: no method response for the status ${status}`);
    for (const name of Object.keys(headers)) {
      if (declared.ResponseParameters && `method.response.header.${name}` in declared.ResponseParameters)
        continue;
      throw new Error(`${logicalId}: the method response ${status} does not declare the header ${name}`);
    }
  }
}

/** The most specific resource wins, whatever its methods: a fixed part before a parameter before a greedy one. */
function find(
  node: Node,
  parts: string[],
  index: number,
  pathParameters: Record<string, string>,
): { node: Node; pathParameters: Record<string, string> } | undefined {
  const part = parts[index];
  if (part === undefined) return { node, pathParameters };
  const fixed = node.fixed.get(part);
  const found = fixed && find(fixed, parts, index + 1, pathParameters);
  if (found) return found;
  if (node.parameter && part !== '') {
    const { name, node: child } = node.parameter;
    const below = find(child, parts, index + 1, withParameter(pathParameters, name, part));
    if (below) return below;
  }
  if (!node.greedy || part === '') return undefined;
  const { name, node: last } = node.greedy;
  return { node: last, pathParameters: withParameter(pathParameters, name, parts.slice(index).join('/')) };
}

function withParameter(
  parameters: Record<string, string>,
  name: string,
  value: string,
): Record<string, string> {
  return byName([...Object.entries(parameters), [name, value]]);
}
