/** Asks the relay to go on with calls on a socket: those that lost theirs find the next one at the same moment, and are asked for together. */
import { errorOfProblem, NotFound, type RelayError, Unreachable } from '../wire/errors';
import type { Link } from '../wire/link';
import type { Outgoing } from './outgoing';

/** As many calls as a client may have under way. */
const maxAtOnce = 64;

interface Resumed {
  calls: Array<{ id: string; status: 'running' | 'ended' | 'unknown' }>;
}

/** Resuming, of one App. */
export class Resumption {
  readonly #wanted = new Map<Link, Outgoing[]>();

  constructor(
    /** Told of each call that is not gone on with: `NotFound` where the relay does not know it. */
    private readonly fail: (id: string, link: Link, error: unknown) => void,
  ) {}

  /** Asks for a call from the step that it has; progress and answer come as frames under its own id. */
  ask(link: Link, call: Outgoing): void {
    const calls = this.#wanted.get(link) ?? [];
    if (calls.push(call) > 1) return;
    this.#wanted.set(link, calls);
    setTimeout(() => {
      this.#wanted.delete(link);
      while (calls.length > 0) void this.#askFor(link, calls.splice(0, maxAtOnce));
    });
  }

  async #askFor(link: Link, calls: Outgoing[]): Promise<void> {
    try {
      const params = { calls: calls.map(({ id, lastSeq }) => ({ id, afterSeq: lastSeq })) };
      const resumed = await link.ask<Resumed>('relay.resume', params);
      for (const { id, status } of resumed.calls)
        if (status === 'unknown') this.fail(id, link, unknownCall(id));
    } catch (error) {
      // A server without `relay.resume` knows no call: what was asked is then asked under the same id.
      const problem = error instanceof Unreachable ? error : errorOfProblem((error as RelayError).data);
      for (const { id } of calls) this.fail(id, link, problem ?? unknownCall(id));
    }
  }
}

function unknownCall(id: string): NotFound {
  return new NotFound('The relay does not know this call, or not any more.', { code: 'not_found', id });
}
