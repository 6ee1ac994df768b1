import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';
import { mappedValue } from './mock-integration';
import { lookUp, type TemplateScope } from './vtl';

/** What API Gateway answers by itself, with its own status, message and `x-amzn-ErrorType`. */
const DEFAULTS = {
  API_CONFIGURATION_ERROR: [500, 'Internal server error', 'InternalServerErrorException'],
  // Not a type that a template can customise: a failed function or its malformed answer is a 502, and DEFAULT_5XX.
  BAD_GATEWAY: [502, 'Internal server error', 'InternalServerErrorException'],
  BAD_REQUEST_BODY: [400, 'Invalid request body', 'BadRequestException'],
  // Nor this: API Gateway takes any Authorization of a request that it knows no method for as a signature of AWS.
  INCOMPLETE_SIGNATURE: [403, 'Incomplete signature', 'IncompleteSignatureException'],
  INTEGRATION_FAILURE: [504, 'Internal server error', 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out', 'InternalServerErrorException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long', 'RequestTooLargeException'],
  THROTTLED: [429, 'Too Many Requests', 'TooManyRequestsException'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Unsupported Media Type', 'UnsupportedMediaTypeException'],
} as const satisfies Record<string, [number, string, string]>;

/** Why API Gateway answers a request by itself. */
export type GatewayResponseType = keyof typeof DEFAULTS;

/** The names under which `$context.error.responseType` shows what a template cannot name. */
const SHOWN_AS: Partial<Record<GatewayResponseType, string>> = {
  BAD_GATEWAY: 'DEFAULT_5XX',
  INCOMPLETE_SIGNATURE: 'DEFAULT_4XX',
};

interface Customised {
  logicalId: string;
  status: number | undefined;
  headers: Record<string, string>;
  templates: Record<string, string>;
}

interface GatewayResponseProperties {
  RestApiId: string;
  ResponseType: string;
  StatusCode?: string;
  ResponseParameters?: Record<string, string>;
  ResponseTemplates?: Record<string, string>;
}

/** An answer, ready to be written. Header names are lower case. */
export interface GatewayAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The gateway responses of one REST API: the template's where it has them, AWS's own otherwise. */
export class GatewayResponses {
  readonly #customised = new Map<string, Customised>();

  constructor(resolver: Resolver, apiId: string) {
    const all = resolver.ofType<GatewayResponseProperties>('AWS::ApiGateway::GatewayResponse');
    for (const { logicalId, properties } of all) {
      if (properties.RestApiId === apiId) {
        this.#customised.set(properties.ResponseType, readCustomised(logicalId, properties));
      }
    }
  }

  /** The answer of a type, with its own message or another; a type without a customisation falls back to `DEFAULT_4XX` or `DEFAULT_5XX`. */
  answer(
    type: GatewayResponseType,
    scope: TemplateScope,
    accept: string | undefined,
    message: string = DEFAULTS[type][1],
  ): GatewayAnswer {
    const [defaultStatus, , errorType] = DEFAULTS[type];
    const fallback = defaultStatus < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
    const customised = this.#customised.get(type) ?? this.#customised.get(fallback);
    const withError: TemplateScope = {
      ...scope,
      context: {
        ...scope.context,
        error: {
          message,
          messageString: JSON.stringify(message),
          responseType: SHOWN_AS[type] ?? type,
          validationErrorString: '',
        },
      },
    };
    const headers: Record<string, string> = { 'x-amzn-errortype': errorType };
    const templates = customised?.templates ?? {};
    const types = Object.keys(templates);
    const mediaType = types.find((candidate) => candidate === accept) ?? types[0];
    headers['content-type'] = mediaType ?? 'application/json';
    for (const [name, source] of Object.entries(customised?.headers ?? {})) {
      headers[name.toLowerCase()] = mappedValue(source, withError);
    }
    const template =
      mediaType === undefined ? '{"message":$context.error.messageString}' : templates[mediaType]!;
    return { status: customised?.status ?? defaultStatus, headers, body: substitute(template, withError) };
  }
}

const VARIABLE = /\$(?:\{(context|stageVariables)\.([\w.]+)\}|(context|stageVariables)\.(\w+(?:\.\w+)*))/g;

/** Gateway response templates know no Velocity: variables are replaced, and that is all. */
function substitute(template: string, scope: TemplateScope): string {
  return template.replace(VARIABLE, (_text, braced, bracedName, bare, bareName) => {
    const values = (braced ?? bare) === 'context' ? scope.context : scope.stageVariables;
    return String(lookUp(values, bracedName ?? bareName) ?? '');
  });
}

function readCustomised(logicalId: string, properties: GatewayResponseProperties): Customised {
  expectKnownProperties(logicalId, properties, [
    'RestApiId',
    'ResponseType',
    'StatusCode',
    'ResponseParameters',
    'ResponseTemplates',
  ]);
  const prefix = 'gatewayresponse.header.';
  const headers: Record<string, string> = {};
  for (const [name, source] of Object.entries(properties.ResponseParameters ?? {})) {
    if (!name.startsWith(prefix)) throw new Error(`${logicalId}: unknown response parameter ${name}`);
    headers[name.slice(prefix.length)] = source;
  }
  const templates = properties.ResponseTemplates ?? {};
  for (const template of Object.values(templates)) {
    const logic = /\$(?:util|input)\b|^\s*#(?:if|set|foreach)/m.exec(template.replace(VARIABLE, ''));
    if (logic)
      throw new Error(`${logicalId}: a gateway response template only substitutes, it has no ${logic[0]}`);
  }
  const status = properties.StatusCode === undefined ? undefined : Number(properties.StatusCode);
  return { logicalId, status, headers, templates };
}

/** What API Gateway says of an `Authorization` that is no signature of AWS: it quotes it. */
export function noSignature(authorization: string): string {
  const [first = ''] = authorization.split(' ').slice(1);
  return `'${first}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`;
}
