/** What the local AWS endpoint and each of its services promise each other. */
import type { AwsRequest, JsonInput } from '../types';
import type { RequestContext } from './iam';

/** A request as its service sees it. */
export type ServiceRequest = Omit<AwsRequest, 'connection'>;

/** An answer, with what it consumed where the service meters. */
export interface ServiceAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
  readUnits?: number;
  writeUnits?: number;
}

/** One permission that a call needs. */
export interface Need {
  action: string;
  /** The ARN that a policy must match. */
  resource: string;
  context?: RequestContext;
}

/** A request as its service understood it, before anything is done. */
export interface PlannedCall {
  operation: string;
  needs: Need[];
  /** Logical ids of the resources touched. */
  resources: string[];
  carryOut(): Promise<ServiceAnswer>;
}

/** One AWS service behind the endpoint. */
export interface AwsService {
  /** The service's name in a credential scope, as `dynamodb`. */
  name: string;
  /** Throws ServiceError for a request that the service would refuse as malformed. */
  plan(request: ServiceRequest): PlannedCall;
  /** An error in the wire shape of this service. */
  error(status: number, code: string, message: string): ServiceAnswer;
  /** HTTP status of AccessDenied: 400 in the JSON protocols, 403 in REST. */
  deniedStatus: 400 | 403;
}

/** A refusal that the endpoint writes in the service's own shape. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The operation of an AWS JSON request, as `x-amz-target` names it. */
export function operationOf({ headers }: Pick<ServiceRequest, 'headers'>): string {
  const target = String(headers['x-amz-target'] ?? '');
  return target.slice(target.lastIndexOf('.') + 1);
}

/** The operation and the parsed body of an AWS JSON request. */
export function readJsonCall(request: ServiceRequest): { operation: string; input: JsonInput } {
  try {
    return {
      operation: operationOf(request),
      input: JSON.parse(request.body.toString() || '{}'),
    };
  } catch {
    throw new ServiceError(400, 'SerializationException', 'The body is not JSON.');
  }
}

/** An error of the AWS JSON protocols: the code goes into the body and a header, as the SDKs read either. */
export function jsonError(namespace: string) {
  return (status: number, code: string, message: string): ServiceAnswer => ({
    status,
    headers: { 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: `${namespace}#${code}`, message }),
  });
}
