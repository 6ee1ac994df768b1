/** How a route's refusals stand in the document. */
import { type ErrorCode, type ErrorKind, errorKinds } from '../../lambdas/core/wire/errors';
import { type Json, schemaOf } from '../json-schema';
import { problem } from '../schemas/problem';
import { shown } from '../schemas/words';

/** The refusals by status; a status that stands for one code is told by the component of that code. */
export function refusals(codes: ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code].sort());
  }
  const entries = [...byStatus].map(([status, of]) => [
    status,
    of.length === 1 ? { $ref: refTo(of[0]!) } : refusal(of),
  ]);
  return Object.fromEntries(entries);
}

/** Where the component of a code stands. */
export function refTo(code: ErrorCode): string {
  return `#/components/responses/${code}`;
}

/** The answer that stands for one code, or for several of one status. */
export function refusal(codes: ErrorCode[]): Json {
  const { status } = errorKinds[codes[0]!];
  const narrowed = { type: 'object', properties: { status: { const: status }, code: { enum: codes } } };
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${errorKinds[code].title}.`).join(' '),
    headers: {
      'x-request-id': { $ref: '#/components/headers/x-request-id' },
      'retry-after': { $ref: '#/components/headers/retry-after' },
    },
    content: { 'application/problem+json': { schema: { allOf: [schemaOf(problem), narrowed] }, examples } },
  };
}

function exampleOf(code: ErrorCode): Json {
  const { status, title, retryable, retry }: ErrorKind = errorKinds[code];
  const type = `urn:agenttown:error:${code}`;
  return {
    type,
    title,
    status,
    code,
    detail: `${title}.`,
    retryable,
    ...(retry ? { retry } : {}),
    requestId: shown.requestId,
  };
}
