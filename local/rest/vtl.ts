import { render } from 'velocityjs';

/** What a mapping template sees. */
export interface TemplateScope {
  /** `$context.…`, nested as its name is. */
  context: Record<string, unknown>;
  stageVariables: Record<string, string>;
  /** The request's parameters, for `$input.params(…)`. */
  parameters: {
    path: Record<string, string>;
    querystring: Record<string, string>;
    header: Record<string, string>;
  };
  body: string;
}

/**
 * Renders a mapping template: the Velocity language with `$context`, `$stageVariables`, `$input.body`,
 * `$input.params(…)` and the string functions of `$util`. `$input.json` and `$input.path` throw: nothing here uses them.
 */
export function renderTemplate(template: string, scope: TemplateScope): string {
  const unknown = /\$\{?!?\{?input\.(json|path)\b/.exec(template);
  if (unknown) throw new Error(`The local host does not know ${unknown[0]} in a mapping template`);
  return render(template, {
    context: scope.context,
    stageVariables: scope.stageVariables,
    input: { body: scope.body, params: (name?: string) => parameterOf(scope, name) },
    util: {
      escapeJavaScript: (text: string) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'"),
      urlEncode: encodeURIComponent,
      urlDecode: decodeURIComponent,
      base64Encode: (text: string) => Buffer.from(text).toString('base64'),
      base64Decode: (text: string) => Buffer.from(text, 'base64').toString(),
      parseJson: (text: string) => JSON.parse(text),
    },
  });
}

/** Path, then query string, then headers, in the order in which API Gateway looks. */
function parameterOf({ parameters }: TemplateScope, name?: string): unknown {
  if (name === undefined) return parameters;
  const { path, querystring, header } = parameters;
  const lower = name.toLowerCase();
  const headerName = Object.keys(header).find((candidate) => candidate.toLowerCase() === lower);
  return path[name] ?? querystring[name] ?? (headerName && header[headerName]) ?? '';
}

/** Follows a dotted name: `error.messageString`. Undefined where it leads nowhere. */
export function lookUp(values: Record<string, unknown>, name: string): unknown {
  let value: unknown = values;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
