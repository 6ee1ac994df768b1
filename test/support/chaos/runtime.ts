/** The runtime of a chaos run: it does with a call what the call's plan says. */
import { type CallContext, MethodError } from 'agenttown-relay-client/runtime';
import { pause } from '../../../packages/client/src/wire/time';
import type { Registered } from '../api';
import { CountedRuntime } from '../counted-runtime';
import type { PlannedCall } from './plan';

/** A runtime and its books. */
export class ChaosRuntime extends CountedRuntime {
  /** The ids of the commands that were executed, by the App's own id of the call. */
  readonly executed = new Map<string, string[]>();

  /** `drainMs`: how long an older socket stays beside a newer one. */
  constructor(registered: Registered, drainMs = 500) {
    super(registered, (params, context) => this.execute(params, context), { drainMs });
  }

  private async execute({ id, app, say, afterMs }: PlannedCall, { id: frameId, signal }: CallContext) {
    this.executed.set(id, [...(this.executed.get(id) ?? []), frameId]);
    if (afterMs > 0) await pause(afterMs, signal);
    // Silence: the library answers nothing once the deadline has passed.
    if (say === 'nothing') await new Promise((_, reject) => signal.addEventListener('abort', reject));
    if (say === 'error') throw new MethodError('no', 'E_CHAOS', { id, app });
    return { id, app };
  }
}
