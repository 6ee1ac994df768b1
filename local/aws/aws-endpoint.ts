/**
 * The one local AWS endpoint. The access key of a request tells which function calls; signatures are not checked.
 * Each call goes: disturb, check the function's policy, carry out, meter.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Disturb } from '../types';
import {
  type AwsService,
  jsonError,
  type PlannedCall,
  type ServiceAnswer,
  ServiceError,
} from './aws-service';
import { strike } from './disturbance';
import type { Policies } from './iam';
import type { Meter } from './meter';

/** A function as a caller of AWS. */
export interface Caller {
  logicalId: string;
  policies: Policies;
}

/** What the endpoint works with. */
export interface AwsEndpointOptions {
  /** By name of the credential scope. May grow while the endpoint runs. */
  services: Map<string, AwsService>;
  callerByAccessKey(accessKeyId: string): Caller | undefined;
  meter: Meter;
  disturb(): Disturb | undefined;
  log(line: string): void;
}

/** A listening endpoint. */
export interface AwsEndpoint {
  url: string;
  stop(): Promise<void>;
}

/** Sockets of idle functions stay open this long. */
const KEEP_ALIVE_MS = 120_000;

/** Listens on a free port of the loopback address. */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const usedBefore = new WeakSet<Socket>();
  const server = createServer({ keepAlive: true, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { socket } = request;
    const connection = usedBefore.has(socket) ? 'used' : 'new';
    usedBefore.add(socket);
    serve(options, request, connection)
      .then((answer) => {
        if (answer === 'reset') socket.resetAndDestroy();
        else if (answer !== 'hang') write(response, answer);
      })
      .catch((error) => {
        options.log(`The local AWS endpoint failed: ${error.stack ?? error}`);
        response.destroy();
      });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  options: AwsEndpointOptions,
  request: IncomingMessage,
  connection: 'new' | 'used',
): Promise<ServiceAnswer | 'reset' | 'hang'> {
  const startedAt = performance.now();
  const body = await readBody(request);
  const scope = /Credential=([^/,\s]+)\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/.exec(
    request.headers.authorization ?? '',
  );
  const service = options.services.get(scope?.[2] ?? '');
  if (!scope || !service)
    return jsonError('com.amazon.coral.service')(
      400,
      scope ? 'UnknownOperationException' : 'MissingAuthenticationTokenException',
      scope ? `The local host has no AWS service ${scope[2]}.` : 'Request is missing Authentication Token',
    );
  const caller = options.callerByAccessKey(scope[1]!);
  if (!caller)
    return service.error(
      service.deniedStatus,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  let planned: PlannedCall;
  try {
    planned = service.plan({
      method: request.method ?? 'POST',
      path: (request.url ?? '/').split('?')[0]!,
      headers: request.headers,
      body,
    });
  } catch (error) {
    return refusal(options, service, error);
  }
  const { operation, resources } = planned;
  const call = { caller: caller.logicalId, service: service.name, operation };
  const { isCarriedOut, error, unanswered } = await strike(options.disturb()?.(call) ?? [], connection);
  const done = isCarriedOut ? await checkedAndDone(options, service, caller, planned) : undefined;
  const told = error ? service.error(error.status, error.code, error.message ?? error.code) : done;
  if (!told) return unanswered!;
  options.meter.record({
    ...call,
    resources,
    startedAt,
    endedAt: performance.now(),
    status: told.status,
    readUnits: done?.readUnits ?? 0,
    writeUnits: done?.writeUnits ?? 0,
  });
  return unanswered ?? told;
}

async function checkedAndDone(
  options: AwsEndpointOptions,
  service: AwsService,
  { policies }: Caller,
  planned: PlannedCall,
): Promise<ServiceAnswer> {
  const missing = planned.needs.find((need) => !policies.allows(need.action, need.resource, need.context));
  if (missing) {
    const message =
      `User: ${policies.callerArn} is not authorized to perform: ${missing.action} on resource: ${missing.resource} ` +
      `because no identity-based policy allows the ${missing.action} action`;
    options.log(message);
    return service.error(service.deniedStatus, 'AccessDeniedException', message);
  }
  try {
    return await planned.carryOut();
  } catch (error) {
    return refusal(options, service, error);
  }
}

function refusal(options: AwsEndpointOptions, service: AwsService, error: unknown): ServiceAnswer {
  if (error instanceof ServiceError) return service.error(error.status, error.code, error.message);
  options.log(`The local ${service.name} failed: ${(error as Error).stack ?? error}`);
  return service.error(500, 'InternalServerError', 'The local host failed; see its log.');
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => done(Buffer.concat(chunks)));
    request.on('error', fail);
  });
}

function write(response: ServerResponse, answer: ServiceAnswer): void {
  const length = answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...length,
    ...answer.headers,
  });
  response.end(answer.body);
}
