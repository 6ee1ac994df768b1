/**
 * One AWS call of a function, whichever way it came. The access key tells who calls; signatures are not checked. It goes:
 * disturb, check the function's policy, carry out, meter.
 */
import { randomUUID } from 'node:crypto';
import type { AwsAnswer, AwsRequest, Disturb, MeteredCall } from '../types';
import {
  type AwsService,
  jsonError,
  type PlannedCall,
  type ServiceAnswer,
  ServiceError,
} from './aws-service';
import { strike } from './disturbance';
import type { Policies } from './iam';

/** A function as a caller of AWS. */
export interface Caller {
  logicalId: string;
  policies: Policies;
}

/** What calls are answered with. */
export interface AwsCalls {
  /** By name of the credential scope. May grow while calls come. */
  services: Map<string, AwsService>;
  callerByAccessKey(accessKeyId: string): Caller | undefined;
  meter: { record(call: MeteredCall): void };
  disturb(): Disturb | undefined;
  log(line: string): void;
}

/** Answers a call. */
export async function answerAwsCall(calls: AwsCalls, request: AwsRequest): Promise<AwsAnswer> {
  const answer = await serve(calls, request);
  return typeof answer === 'string' ? answer : { ...answer, headers: headersOf(answer) };
}

/** The scope of a request's credential: the access key and the service. */
export function credentialOf({
  headers,
}: Pick<AwsRequest, 'headers'>): { accessKey: string; service: string } | undefined {
  const [, accessKey, service] =
    /Credential=([^/,\s]+)\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/.exec(String(headers.authorization ?? '')) ??
    [];
  return accessKey !== undefined && service !== undefined ? { accessKey, service } : undefined;
}

async function serve(calls: AwsCalls, request: AwsRequest): Promise<ServiceAnswer | 'reset' | 'hang'> {
  const startedAt = performance.now();
  const credential = credentialOf(request);
  const service = calls.services.get(credential?.service ?? '');
  if (!credential || !service)
    return jsonError('com.amazon.coral.service')(
      400,
      credential ? 'UnknownOperationException' : 'MissingAuthenticationTokenException',
      credential
        ? `The local host has no AWS service ${credential.service}.`
        : 'Request is missing Authentication Token',
    );
  const caller = calls.callerByAccessKey(credential.accessKey);
  if (!caller)
    return service.error(
      service.deniedStatus,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  let planned: PlannedCall;
  try {
    planned = service.plan(request);
  } catch (error) {
    return refusal(calls, service, error);
  }
  const { operation, resources } = planned;
  const call = { caller: caller.logicalId, service: service.name, operation };
  const { isCarriedOut, error, unanswered } = await strike(calls.disturb()?.(call) ?? [], request.connection);
  const done = isCarriedOut ? await checkedAndDone(calls, service, caller, planned) : undefined;
  const told = error ? service.error(error.status, error.code, error.message ?? error.code) : done;
  if (!told) return unanswered!;
  calls.meter.record({
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
  calls: AwsCalls,
  service: AwsService,
  { policies }: Caller,
  planned: PlannedCall,
): Promise<ServiceAnswer> {
  const missing = planned.needs.find((need) => !policies.allows(need.action, need.resource, need.context));
  if (missing) {
    const message =
      `User: ${policies.callerArn} is not authorized to perform: ${missing.action} on resource: ${missing.resource} ` +
      `because no identity-based policy allows the ${missing.action} action`;
    calls.log(message);
    return service.error(service.deniedStatus, 'AccessDeniedException', message);
  }
  try {
    return await planned.carryOut();
  } catch (error) {
    return refusal(calls, service, error);
  }
}

function refusal(calls: AwsCalls, service: AwsService, error: unknown): ServiceAnswer {
  if (error instanceof ServiceError) return service.error(error.status, error.code, error.message);
  calls.log(`The local ${service.name} failed: ${(error as Error).stack ?? error}`);
  return service.error(500, 'InternalServerError', 'The local host failed; see its log.');
}

/** The headers that an answer has on the wire. */
function headersOf(answer: ServiceAnswer): Record<string, string> {
  const length = answer.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(answer.body)) };
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...length,
    ...answer.headers,
  };
}
