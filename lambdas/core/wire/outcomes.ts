/**
 * How a call can end: the one list. The same word stands in the answer, in the row, in the monitor's event, in metrics,
 * on the dashboard and on the page, all of which read it here; only the types of events keep names of their own. A
 * file of names: it imports nothing that runs, so that the stack and the page can read it too.
 */
import type { ErrorCode, Retry } from './errors';

/** Who ends a call so (a reply of its gateway, a waiter or a reader past the deadline, its App), when, and what its caller gets. */
export interface OutcomeRule {
  movedBy: 'reply' | 'waiter' | 'app';
  when: string;
  /** The type of the monitor's event. */
  event: `relay.rpc.${string}`;
  /** The problem that the caller gets; without one the answer is a 200. */
  problem?: ErrorCode;
  retryAfterMs?: number;
  /** How the caller may repeat it; without one a repeat ends the same way. */
  retry?: Retry;
  /** The same of a call whose command certainly never left. */
  retryUnsent?: Retry;
}

/** Every state that a pending call can end in, in the order in which charts stack them. */
export const outcomes = {
  answered: { movedBy: 'reply', when: 'the runtime sent a result', event: 'relay.rpc.success' },
  'runtime-error': { movedBy: 'reply', when: 'the runtime sent an error', event: 'relay.rpc.error' },
  'timed-out': {
    movedBy: 'waiter',
    when: 'the deadline passed',
    event: 'relay.rpc.timeout',
    problem: 'rpc_timeout',
    retryAfterMs: 1_000,
    retry: 'new-id',
  },
  offline: {
    movedBy: 'waiter',
    when: 'no socket took the command, and none came within the grace',
    event: 'relay.rpc.offline',
    problem: 'runtime_offline',
    retryAfterMs: 5_000,
    retry: 'new-id',
    retryUnsent: 'same-id',
  },
  disconnected: {
    movedBy: 'waiter',
    when: 'the runtime went away after the command and stayed away for the grace',
    event: 'relay.rpc.disconnected',
    problem: 'runtime_disconnected',
    retryAfterMs: 5_000,
    retry: 'new-id',
  },
  cancelled: { movedBy: 'app', when: 'the App cancelled it', event: 'relay.rpc.cancelled' },
  'too-large': {
    movedBy: 'reply',
    when: 'the reply is over the limit of the replies route',
    event: 'relay.rpc.error',
    problem: 'payload_too_large',
  },
} as const satisfies Record<string, OutcomeRule>;

/** The one word for how a call ended. */
export type Outcome = keyof typeof outcomes;

/** The words alone. */
export const outcomeWords = Object.keys(outcomes) as Outcome[];

/**
 * How the call of a monitor event ended: undefined where the event ends no call, and where it says that a request was
 * refused before it became a call (`relay.rpc.error` with the code of a problem).
 */
export function outcomeOfEvent(event: { type: string; outcome?: string | undefined }): Outcome | undefined {
  const ends = outcomeWords.filter((word) => outcomes[word].event === event.type);
  return ends.length === 1 ? ends[0] : ends.find((word) => word === event.outcome);
}
