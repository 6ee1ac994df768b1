import { type MonitorEvent, timeMsOf } from './monitor-event';
import { type CallOutcome, callOutcomeOf, outcomeOf } from './outcome';

/** One call, as its events tell it so far. */
export interface Call {
  /** The call as its runtime knows it: `rpc_…`. */
  readonly id: string;
  /** Its first event; milliseconds since 1970. */
  readonly startMs: number;
  readonly gatewayId?: string;
  readonly displayName?: string;
  readonly runtimeType?: string;
  readonly clientId?: string;
  readonly method?: string;
  /** Absent while the call runs. */
  readonly ending?: CallOutcome;
  /** The ending in the server's word. */
  readonly outcome?: string;
  readonly errorCode?: string;
  readonly durationMs?: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** Steps of progress so far. */
  readonly progress: number;
  /** Later requests of the same call, which joined it. */
  readonly joined: number;
  readonly detail?: string;
}

const COPIED = [
  'gatewayId',
  'displayName',
  'runtimeType',
  'clientId',
  'method',
  'errorCode',
  'bytesIn',
  'bytesOut',
] as const;

/** Keeps one record per call; takes events in any order, each once. The oldest calls are forgotten when it is full. */
export class CallBook {
  readonly #calls = new Map<string, Call>();
  /** Oldest first. */
  #order: Call[] = [];
  #sorted = true;

  /** `capacity` is a number of calls. */
  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#calls.size;
  }

  get(id: string): Call | undefined {
    return this.#calls.get(id);
  }

  /** Notes an event; one that belongs to no call is ignored. */
  add(event: MonitorEvent): void {
    const { rpcId } = event;
    if (rpcId === undefined || event.type === 'relay.rpc.reply_rejected') return;
    this.#calls.set(rpcId, merge(this.#calls.get(rpcId), event, rpcId));
    this.#sorted = false;
  }

  /** Every call that fits, newest first. */
  newestFirst(fits: (call: Call) => boolean = () => true): Call[] {
    this.#sort();
    const found: Call[] = [];
    for (let index = this.#order.length - 1; index >= 0; index -= 1) {
      const call = this.#order[index]!;
      if (fits(call)) found.push(call);
    }
    return found;
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#sorted = true;
    this.#order = [...this.#calls.values()].sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
    for (const { id } of this.#order.splice(0, Math.max(0, this.#order.length - this.capacity))) {
      this.#calls.delete(id);
    }
  }
}

function merge(known: Call | undefined, event: MonitorEvent, id: string): Call {
  const atMs = timeMsOf(event);
  const ending = callOutcomeOf(event);
  // An end tells when its call began, also where the request is not among the events on the page.
  const beganMs = ending && event.durationMs !== undefined ? atMs - event.durationMs : atMs;
  const call: Record<string, unknown> = { progress: 0, joined: 0, ...known, id };
  call.startMs = Math.min(known?.startMs ?? Number.POSITIVE_INFINITY, beganMs);
  for (const field of COPIED) if (event[field] !== undefined) call[field] = event[field];
  call.progress = Math.max(known?.progress ?? 0, event.progress ?? 0);
  if (event.type === 'relay.rpc.request' && event.outcome === 'joined')
    call.joined = (known?.joined ?? 0) + 1;
  if (ending) {
    call.ending = ending;
    call.outcome = outcomeOf(event);
    call.durationMs = event.durationMs ?? atMs - (call.startMs as number);
    if (event.detail !== undefined) call.detail = event.detail;
  }
  return call as unknown as Call;
}
