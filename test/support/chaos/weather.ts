/** What the AWS side does to the calls of the functions: seldom in fair weather, often in a storm. */
import type { RandomSource } from '../../../local/aws/disturbance';
import type { Disturb, Disturbance } from '../../../local/types';
import { pick } from './plan';

const fault = (status: number, code: string, afterEffect = false): Disturbance[] => [
  { kind: 'error', status, code, afterEffect },
];

/**
 * Shares of the calls in a thousand. `lost` is carried out, and only its answer is lost; `conflict` strikes single writes, as
 * if they met a transaction; `dead`, `hung` and `hung after` met a kept connection that had died: it is reset, or never
 * answers, the last though the call was carried out. Only the management API hangs: there a call waits no longer than it has.
 */
const fair = {
  fine: 930,
  conflict: 5,
  throttled: 12,
  failed: 8,
  lost: 10,
  slow: 15,
  dead: 10,
  hung: 5,
  'hung after': 5,
};
const storm = {
  fine: 380,
  conflict: 30,
  throttled: 150,
  failed: 150,
  lost: 150,
  slow: 50,
  dead: 50,
  hung: 20,
  'hung after': 20,
};

const singleWrites = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

const services = new Set(['dynamodb', 'execute-api', 'sqs']);

function strikes(kind: string, service: string, operation: string): boolean {
  // A receive or delete that fails leaves its guards for later, and some come twice; nobody keeps a connection for them.
  if (service === 'sqs')
    return (
      !kind.startsWith('hung') && kind !== 'conflict' && (kind !== 'dead' || operation === 'SendMessage')
    );
  if (kind === 'conflict') return singleWrites.has(operation);
  return !kind.startsWith('hung') || service === 'execute-api';
}

/** How many AWS calls a storm takes in. */
const stormCalls = 150;

/** The weather of one run. */
export class Weather {
  /** How many calls of each kind it struck. */
  readonly struck: Record<string, number> = {};
  private stormLeft = 0;

  constructor(private readonly random: RandomSource) {}

  /** Begins a storm. */
  storm(): void {
    this.stormLeft = stormCalls;
  }

  /** To be set as the host's `disturb`. */
  readonly disturb: Disturb = ({ service, operation }) => {
    if (!services.has(service)) return undefined;
    const kind = pick(this.random, this.stormLeft > 0 ? storm : fair);
    if (this.stormLeft > 0) this.stormLeft--;
    if (kind === 'fine' || !strikes(kind, service, operation)) return undefined;
    this.struck[`${operation} ${kind}`] = (this.struck[`${operation} ${kind}`] ?? 0) + 1;
    if (kind === 'dead') return [{ kind: 'reset' }];
    if (kind === 'hung' || kind === 'hung after')
      return [{ kind: 'hang', afterEffect: kind === 'hung after' }];
    if (kind === 'slow') return [{ kind: 'delay', ms: 20 + this.random() * 280 }];
    if (kind === 'conflict') return fault(400, 'TransactionConflictException');
    if (kind === 'throttled') {
      if (service === 'sqs') return fault(403, 'RequestThrottled');
      return service === 'dynamodb'
        ? fault(400, 'ThrottlingException')
        : fault(429, 'LimitExceededException');
    }
    return fault(500, 'InternalServerError', kind === 'lost');
  };
}
