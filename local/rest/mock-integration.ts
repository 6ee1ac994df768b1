import { byName } from '../http/name-values';
import { lookUp, renderTemplate, type TemplateScope } from './vtl';

/** A MOCK integration: API Gateway answers by itself. */
export interface MockIntegration {
  kind: 'mock';
  /** By media type, which a caller names. Renders to `{ "statusCode": … }`, which picks the response. */
  requestTemplates: ReadonlyMap<string, string>;
  passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  responses: MockResponse[];
}

export interface MockResponse {
  status: number;
  /** A regular expression over the status code; the response without one is the default. */
  selectionPattern: string | undefined;
  /** Header name to `'static'`, `context.…` or `stageVariables.…`. */
  headers: Record<string, string>;
  /** Body by media type. */
  templates: Record<string, string>;
}

/** `unsupported-media-type`: no request template fits. `misconfigured`: no status code, or no response for it. */
export type MockOutcome =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'unsupported-media-type' }
  | { kind: 'misconfigured' };

/** Runs a MOCK integration. A request without a content type counts as JSON, as on AWS. */
export function answerMock(
  mock: MockIntegration,
  contentType: string | undefined,
  accept: string | undefined,
  scope: TemplateScope,
): MockOutcome {
  const template = mock.requestTemplates.get(contentType ?? 'application/json');
  if (template === undefined && !passesThrough(mock)) return { kind: 'unsupported-media-type' };
  const request = template === undefined ? scope.body : renderTemplate(template, scope);
  // API Gateway reads this JSON leniently: CDK itself writes `{ statusCode: 204 }`.
  const [, status] = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(request) ?? [];
  if (!status) return { kind: 'misconfigured' };
  const response =
    mock.responses.find(
      ({ selectionPattern }) => selectionPattern && new RegExp(`^(?:${selectionPattern})$`).test(status),
    ) ?? mock.responses.find(({ selectionPattern }) => !selectionPattern);
  if (!response) return { kind: 'misconfigured' };

  const types = Object.keys(response.templates);
  const type = types.find((candidate) => candidate === accept) ?? types[0];
  // A template may change status and headers by itself, as CDK's preflights of several origins do.
  const responseOverride: { status?: unknown; header: Record<string, string> } = { header: byName([]) };
  const overriding = { ...scope, context: { ...scope.context, responseOverride } };
  const body = type === undefined ? '' : renderTemplate(response.templates[type]!, overriding);
  const headers: Record<string, string> = { 'content-type': type ?? 'application/json' };
  for (const [name, source] of Object.entries(response.headers)) {
    headers[name.toLowerCase()] = mappedValue(source, scope);
  }
  for (const [name, value] of Object.entries(responseOverride.header)) headers[name.toLowerCase()] = value;
  return { kind: 'answered', status: Number(responseOverride.status ?? response.status), headers, body };
}

function passesThrough(mock: MockIntegration): boolean {
  if (mock.passthrough === 'NEVER') return false;
  return mock.passthrough === 'WHEN_NO_MATCH' || mock.requestTemplates.size === 0;
}

/** The value of a parameter mapping. Throws on a source that the local host does not know. */
export function mappedValue(source: string, scope: TemplateScope): string {
  if (/^'.*'$/s.test(source)) return source.slice(1, -1);
  const [, place, name] = /^(context|stageVariables|method\.request\.\w+)\.(.+)$/.exec(source) ?? [];
  const { parameters } = scope;
  const lower = name?.toLowerCase();
  switch (place) {
    case 'context':
      return String(lookUp(scope.context, name!) ?? '');
    case 'stageVariables':
      return scope.stageVariables[name!] ?? '';
    case 'method.request.header':
      return Object.entries(parameters.header).find(([key]) => key.toLowerCase() === lower)?.[1] ?? '';
    case 'method.request.querystring':
      return parameters.querystring[name!] ?? '';
    case 'method.request.path':
      return parameters.path[name!] ?? '';
    default:
      throw new Error(`The local host does not know the parameter mapping ${source}`);
  }
}
