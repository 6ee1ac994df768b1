/** The form in which a route is described. What a schema says is said there; here stands what it means. */
import type * as z from 'zod';
import type { ErrorCode } from '../../lambdas/core/wire/errors';

/** What a caller shows; several are alternatives. */
export type Credential = 'registrationToken' | 'relaySecret' | 'clientToken' | 'none';

/** Where a route stands in the document. */
export type Tag = 'service' | 'pairing' | 'calls' | 'owner' | 'descriptors' | 'monitor';

/** A value in the path, the query or a header. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: z.core.$ZodType;
  example?: unknown;
}

/** What a route answers where it does what it was asked for. */
export interface Answer {
  description: string;
  /** Absent: no body. */
  schema?: z.core.$ZodType;
  /** By name. Each is checked against the schema. */
  examples?: Record<string, unknown>;
  /** Whether it is a page too, for those who accept HTML, or, without a schema, for everybody. */
  page?: boolean;
  /** Files: their media types. */
  files?: string[];
  /** The same answer as server-sent events: the schema of `data` by the name of the event; `message` has no name. */
  events?: Record<string, z.core.$ZodType>;
  /** Whether `x-call-outcome` says how the call ended. */
  tellsOutcome?: boolean;
}

/** One route. */
export interface Operation {
  id: string;
  tag: Tag;
  summary: string;
  description?: string;
  credentials: Credential[];
  parameters?: Parameter[];
  body?: { schema: z.core.$ZodType; examples: Record<string, unknown> };
  answers: { [status: number]: Answer };
  /** Its own; those of `everywhere` come on top. */
  errors: ErrorCode[];
}

/** What any route may answer: the gateway in front of it refuses, is throttled, or meets a fault. */
export const everywhere: ErrorCode[] = [
  'invalid_request',
  'forbidden',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal_error',
  'rpc_timeout',
];
