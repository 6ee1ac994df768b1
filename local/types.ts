/**
 * The seams inside the local host: what its AWS side (engine, endpoint, policies) and its front side
 * (HTTP, sockets, function workers) promise each other. Nothing here knows the project it hosts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A CloudFormation template as CDK writes it. Property values may hold intrinsics. */
export interface Template {
  Resources: Record<string, TemplateResource>;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Conditions?: Record<string, unknown>;
  Mappings?: Record<string, unknown>;
  Outputs?: Record<string, { Value: unknown; Condition?: string }>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
  DependsOn?: string | string[];
}

/** One synthesized stack on disk. */
export interface Assembly {
  directory: string;
  stackName: string;
  template: Template;
  /** The directory that holds a function's unzipped code. Throws when the asset is not in the assembly. */
  assetDirectory(codeProperty: unknown): string;
}

/** Local stand-ins for what CloudFormation would fill in. */
export interface Resolver {
  /** Evaluates every intrinsic in a value; throws, naming it, on one it does not know. */
  resolve<T = unknown>(value: unknown): T;
  /** The physical id that `Ref` gives: a table's name, an API's id, a function's name. */
  ref(logicalId: string): string;
  /** Resources of a type, with their conditions applied and properties resolved. */
  ofType<P = Record<string, unknown>>(type: string): Array<{ logicalId: string; properties: P }>;
}

/** One AWS call of a function, as metered. Times are `performance.now()` milliseconds. */
export interface MeteredCall {
  /** Logical id of the calling function. */
  caller: string;
  /** `dynamodb`, `execute-api`, `secretsmanager`, `sqs`. */
  service: string;
  /** The API operation, as `PutItem` or `PostToConnection`. */
  operation: string;
  /** Logical ids of the resources touched. */
  resources: string[];
  startedAt: number;
  endedAt: number;
  status: number;
  readUnits: number;
  writeUnits: number;
}

/** What a test or a bench may do to an AWS call before it is carried out. */
export type Disturbance =
  | { kind: 'delay'; ms: number }
  | { kind: 'error'; status: number; code: string; message?: string; afterEffect?: boolean }
  /** A connection that served a call before is reset, as one that died while its function was frozen; a new one is not. */
  | { kind: 'reset' }
  /** A connection that served a call before gives no answer, ever; with `afterEffect` the call is carried out all the same. */
  | { kind: 'hang'; afterEffect?: boolean };

/** Asked for each AWS call; `undefined` lets it pass untouched. */
export type Disturb = (call: {
  caller: string;
  service: string;
  operation: string;
}) => Disturbance[] | undefined;

/** A request of a function to AWS, its body read to the end. */
export interface AwsRequest {
  /** Whether the connection that it came by served a call before. */
  connection: 'new' | 'used';
  method: string;
  /** Path of the URL, still encoded. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What it gets: an answer, or what becomes of its connection instead. */
export type AwsAnswer = { status: number; headers: Record<string, string>; body: string } | 'reset' | 'hang';

/** What answers the AWS calls of a function. */
export interface FunctionCalls {
  answer(request: AwsRequest): Promise<AwsAnswer>;
  /** What the function's thread answers calls by itself with; undefined where it cannot. */
  inThread: InThread | undefined;
}

/** The part of the AWS side that works inside a function's thread. */
export interface InThread {
  /** URL of a module; its `callsInThread(facts, report)` gives what answers a call, or leaves it to the host. */
  module: string;
  facts: unknown;
  /** Takes what that reported. */
  hear(report: unknown): void;
}

/** The sockets, as the management API sees them. The front side implements it. */
export interface ConnectionsBackend {
  /** `gone` stands for 410: unknown, closed, or not yet past `$connect`. */
  post(
    apiId: string,
    stage: string,
    connectionId: string,
    data: Buffer,
  ): Promise<'sent' | 'gone' | 'too-large' | 'busy'>;
  /** Undefined stands for 410. */
  describe(
    apiId: string,
    stage: string,
    connectionId: string,
  ): { connectedAt: Date; lastActiveAt: Date; sourceIp: string; userAgent: string } | undefined;
  disconnect(apiId: string, stage: string, connectionId: string): 'closed' | 'gone';
}

/** Sees what passes through a host, where somebody asked for that: by default there is none. */
export interface Witness {
  /** Answers what is asked of the witness itself; false for any other request. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** A request, with the answer that it will get; a handshake without. */
  asked(request: IncomingMessage, response?: ServerResponse): void;
  /** The whole body of a request. */
  gaveBody(path: string, body: Buffer, response: ServerResponse): void;
  /** A frame to a socket, and one from it; a socket's end. */
  sent(connectionId: string, frame: string): void;
  received(connectionId: string, frame: string): void;
  gone(connectionId: string): void;
}

/** How the AWS side runs a function: event source mappings use it. */
export type Invoke = (functionLogicalId: string, event: unknown) => Promise<unknown>;

/** The AWS side, running. */
export interface AwsSide {
  resolver: Resolver;
  /** `http://127.0.0.1:<port>`: every AWS SDK call of a function goes here. */
  endpointUrl: string;
  /** How a function's calls are answered that spare that port, alike in every respect. */
  callsOf(functionLogicalId: string): FunctionCalls;
  /** The engine itself: unmetered, unchecked; for tests that look into tables and for the host's own work. */
  dynamodbUrl: string;
  /** AWS_* environment that makes the SDK in a function call the endpoint as that function. */
  environmentFor(functionLogicalId: string): Record<string, string>;
  /** Every call since the start or the last `reset`. */
  meter: { calls: MeteredCall[]; reset(): void; enabled: boolean };
  /** Set by tests and benches. */
  disturb: Disturb | undefined;
  /** What an API Gateway Management API client takes as `endpoint` for one WebSocket stage. */
  managementEndpoint(apiId: string, stage: string): string;
  /** Whether an `AWS::Lambda::Permission` lets API Gateway run the function for this `execute-api` ARN. */
  mayInvoke(sourceArn: string, functionLogicalId: string): boolean;
  /** Secrets by logical id; `set` acts as a rotation that has finished. */
  secrets: { value(logicalId: string): string; set(logicalId: string, value: string): void };
  /** Bodies of the messages that a queue, by logical id, holds now. */
  messages(queueLogicalId: string): string[];
  /** Starts polling the event source mappings of the template. */
  startEventSources(invoke: Invoke): void;
  stop(): Promise<void>;
}

/** The members of an AWS request or answer in JSON. */
// biome-ignore lint/suspicious/noExplicitAny: each service reads its own members and refuses what is not there.
export type JsonInput = Record<string, any>;
