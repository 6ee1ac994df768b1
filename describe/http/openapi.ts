/** The document of the HTTP side: OpenAPI 3.1. */
import { type ErrorCode, errorKinds } from '../../lambdas/core/wire/errors';
import { outcomes } from '../../lambdas/core/wire/outcomes';
import { version } from '../../package.json';
import { type Json, namedSchemas, schemaOf, usedNames } from '../json-schema';
import { describedLimits } from '../limits';
import {
  type Answer,
  type Credential,
  everywhere,
  type Operation,
  type Parameter,
  type Tag,
} from './operation';
import { operations } from './operations';
import { refTo, refusal, refusals } from './refusals';

const tags: Record<Tag, string> = {
  service: 'What the service says of itself.',
  pairing: 'How a runtime and an App find each other.',
  calls: 'Calls of an App, and what their runtime does with them over HTTP.',
  owner: 'What the holder of a relay secret decides.',
  descriptors: 'The descriptor rendezvous, for runtimes that Apps reach by themselves.',
  monitor: 'What happens, as it happens.',
};

const credentials: Record<Exclude<Credential, 'none'>, string> = {
  registrationToken: 'Held by the operator and by runtimes. Not asked for under open registration.',
  relaySecret: 'Held by one runtime: `ats_…`.',
  clientToken: 'Held by one App: `atc_…`.',
};

/** The whole document. */
export function openApi(): Json {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'AgentTown Pairing Server',
      version,
      summary: 'Reach an AI-agent runtime behind NAT from an App.',
      description:
        'Every answer carries `x-request-id` and `cache-control: no-store`. Bodies are UTF-8 JSON whatever their `content-type`; unknown members of a request are ignored. ' +
        'An answer may get further members. The frames of the relay socket are described in `asyncapi.json`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:8787', description: 'npm start' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    'x-errors': errorKinds,
    'x-outcomes': outcomes,
    'x-limits': describedLimits(),
    paths: paths(),
  };
  const responses = Object.fromEntries(
    (Object.keys(errorKinds) as ErrorCode[])
      .filter((code) => JSON.stringify(document).includes(refTo(code)))
      .map((code) => [code, refusal([code])]),
  );
  const securitySchemes = Object.fromEntries(
    Object.entries(credentials).map(([name, description]) => [
      name,
      { type: 'http', scheme: 'bearer', description },
    ]),
  );
  const schemas = namedSchemas('draft-2020-12');
  const used = usedNames({ document, responses }, schemas);
  return {
    ...document,
    components: {
      securitySchemes,
      responses,
      headers,
      schemas: Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name))),
    },
  };
}

function paths(): Json {
  const byPath: Record<string, Json> = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method, path] = key.split(' ') as [string, string];
    byPath[path] = { ...byPath[path], [method.toLowerCase()]: operationOf(operation) };
  }
  return byPath;
}

function operationOf(operation: Operation): Json {
  const { id, tag, summary, description, parameters, body, answers, errors } = operation;
  const codes = [...new Set([...errors, ...everywhere])];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    security: operation.credentials.map((name) => (name === 'none' ? {} : { [name]: [] })),
    ...(parameters ? { parameters: parameters.map(parameterOf) } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': contentOf(body.schema, body.examples) },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...refusals(codes),
    },
  };
}

function parameterOf({ name, in: place, description, schema, example }: Parameter): Json {
  const required = place === 'path' ? { required: true } : {};
  return {
    name,
    in: place,
    description,
    ...required,
    schema: schemaOf(schema),
    ...(example ? { example } : {}),
  };
}

function responseOf({ description, schema, examples, page, files = [], events, tellsOutcome }: Answer): Json {
  const content = {
    ...(schema ? { 'application/json': contentOf(schema, examples) } : {}),
    ...(page ? { 'text/html': { schema: { type: 'string' } } } : {}),
    ...Object.fromEntries(
      files.map((type) => [type, { schema: { type: type.endsWith('json') ? 'object' : 'string' } }]),
    ),
    ...(events ? { 'text/event-stream': { schema: eventSchema(events) } } : {}),
  };
  const told = tellsOutcome ? { 'x-call-outcome': { $ref: '#/components/headers/x-call-outcome' } } : {};
  return {
    description,
    headers: { 'x-request-id': { $ref: '#/components/headers/x-request-id' }, ...told },
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** OpenAPI 3.1 has no form of its own for a stream: the schema is that of one event, with its fields as members. */
function eventSchema(events: NonNullable<Answer['events']>): Json {
  const each = Object.entries(events).map(([event, schema]) => {
    const properties = { event: { const: event }, id: { type: 'string' }, data: schemaOf(schema) };
    return { type: 'object', required: ['event', 'data'], properties };
  });
  const description =
    'One server-sent event; its `data` is JSON, here as it reads. One without a name is a `message`.';
  return each.length === 1 ? { description, ...each[0] } : { description, oneOf: each };
}

function contentOf(schema: Parameters<typeof schemaOf>[0], examples: Record<string, unknown> = {}): Json {
  const shownBy = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    schema: schemaOf(schema),
    ...(shownBy.length === 0 ? {} : { examples: Object.fromEntries(shownBy) }),
  };
}

const headers: Json = {
  'x-request-id': {
    description: 'What to name when something is to be looked up.',
    schema: { type: 'string' },
  },
  'x-call-outcome': {
    description: 'How the call ended, in one word.',
    schema: { $ref: '#/components/schemas/Outcome' },
  },
  'retry-after': {
    description: 'Seconds, where the problem has `retryAfterMs`.',
    schema: { type: 'integer' },
  },
};
