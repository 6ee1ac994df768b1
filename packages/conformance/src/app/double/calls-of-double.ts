/** Every call that an App made at the double, by the rules of the protocol for ids. */
import { isDeepStrictEqual } from 'node:util';
import type { Moments } from '../../wire/moments';
import { CallOfDouble, type End } from './call-of-double';
import { problemOf } from './refusals';

/** What is asked, whichever way it came. */
export interface AskedCall {
  id?: string | undefined;
  method: string;
  params?: unknown;
  timeoutMs?: number | undefined;
}

/** What the runtime does with a call; by default `answers`. */
export type OnCall = (call: CallOfDouble) => void;

/** The kit's runtime: `echo`, `count` `{ to }`, `fail`; whatever else is never answered but by the case. */
export const answers: OnCall = (call) => {
  const { method, params } = call;
  if (method === 'echo') call.answer(params ?? null);
  if (method === 'fail')
    call.endWith({ ok: false, error: { code: 'E_KIT', message: 'no', data: { why: [1] } } });
  if (method !== 'count') return;
  const { to } = params as { to: number };
  for (let n = 1; n <= to; n++) call.step({ n });
  call.answer({ counted: to });
};

/** The calls of one double. */
export class CallsOfDouble {
  /** In the order in which they were opened. */
  readonly all: CallOfDouble[] = [];
  onCall: OnCall = answers;
  private serial = 0;

  constructor(private readonly moments: Moments) {}

  /** A call by its id. */
  byId(id: string): CallOfDouble | undefined {
    return this.all.find((call) => call.id === id);
  }

  /** The first call of a method, once it is there. */
  of(method: string): Promise<CallOfDouble> {
    return this.moments.until(() => this.all.find((call) => call.method === method));
  }

  /** Opens it, or joins the one that has its id. */
  open({ id = `kit-${++this.serial}`, method, params, timeoutMs }: AskedCall): CallOfDouble | End {
    const before = this.byId(id);
    if (!before) {
      const call = new CallOfDouble(id, method, params, timeoutMs);
      this.all.push(call);
      this.start(call);
      return call;
    }
    if (before.method !== method || !isDeepStrictEqual(before.params, params))
      return { problem: problemOf('idempotency_conflict', { id }) };
    if (before.end && 'problem' in before.end && before.end.problem.retry === 'same-id') {
      before.reopen();
      this.start(before);
    }
    return before;
  }

  /** The App wants no answer any more. */
  cancel(call: CallOfDouble): void {
    call.isCancelled = true;
    call.endWith({ ok: false, error: { code: 'cancelled', message: 'The call was cancelled.' } });
    this.moments.happened();
  }

  private start(call: CallOfDouble): void {
    this.onCall(call);
    this.moments.happened();
  }
}
