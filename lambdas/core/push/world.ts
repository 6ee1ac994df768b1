/** What a call without a waiter needs of the world. */
import type { CallWorld } from '../call/deliver-call';
import type { LeaseWorld } from '../call/hold-lease';
import type { CallParts } from '../call/prepare-call';

/** Everything that looks after such a call. */
export interface PushWorld
  extends CallWorld,
    Omit<LeaseWorld, 'calls'>,
    Pick<CallParts, 'random' | 'paramsUrlOf'> {
  /** Names this run of a function in problems. */
  requestId: string;
}

/** What telling those who listen needs of it. */
export type TellingWorld = Pick<
  PushWorld,
  'calls' | 'sockets' | 'guards' | 'clock' | 'recorder' | 'seenCalls' | 'random' | 'requestId'
>;
