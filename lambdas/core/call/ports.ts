/** What a call needs of the world: its row, and what stands beside it. Times are epoch milliseconds. */
import type { CallEnd, CallRef, Listener, OpenCall, Progress, StoredCall } from './states';

/** Calls, from their opening until ten minutes after their end. Answers of any size read back whole. */
export interface CallStore {
  /**
   * Opens a call, or gives the live one that has its key already. Opening the very same call again opens it. A call that
   * ended unsent makes room for the same one (`mayReopen`): of any number at the same time one opens it.
   */
  open(call: OpenCall, nowMs: number): Promise<'opened' | StoredCall>;
  read(callKey: string, nowMs: number): Promise<StoredCall | undefined>;
  /** The same at the cost of the row alone: an answer that is kept beside it is left out. */
  state(callKey: string, nowMs: number): Promise<StoredCall | undefined>;
  /** A call together with its progress after `afterSeq`, ordered by `seq`, in one read that meets no other call's. */
  follow(call: ProgressRef, afterSeq: number, nowMs: number): Promise<FollowedCall>;
  /**
   * Notes the socket that the command is about to go to; `ended` when the call is not pending any more. With `by`, a mark of
   * whoever delivers it: and when somebody else has noted one, for those who do so side by side.
   */
  sentTo(ref: CallRef, connectionId: string, by?: string): Promise<'noted' | 'ended'>;
  /** Notes that the post of a pending call's command met a 410. */
  unreached(ref: CallRef): Promise<void>;
  /** Notes that a runtime asked for what it owes and is given this command; `ended` when the call is not pending any more. */
  handedOut(ref: CallRef): Promise<'noted' | 'ended'>;
  /**
   * Forgets a pending call that is not to be, as if it had never been opened. `kept` when it has ended, or its command left
   * meanwhile by another hand: somebody delivered it late, or a runtime asked for it.
   */
  discard(ref: CallRef): Promise<'discarded' | 'kept'>;
  /**
   * Adds a listener to a pending call and takes the turn of telling progress, both or nothing: refused while somebody has the
   * turn, when as many listen as may, and when the call is not pending any more. Refused gives the call as it stands.
   */
  listen(
    ref: CallRef,
    to: Listening,
    nowMs: number,
  ): Promise<{ listening: StoredCall } | { refused?: StoredCall }>;
  /** Takes the turn of telling progress of a pending call; undefined while somebody else has it. */
  takeTurn(ref: CallRef, turn: Turn, nowMs: number): Promise<StoredCall | undefined>;
  /** Gives the turn back: what came up to `told` has been told. `lost` when somebody else took it meanwhile. */
  giveTurnBack(ref: CallRef, holder: string, told: number): Promise<'given-back' | 'lost'>;
  /** Takes the word of the usual reply from sockets that a pending call's command may have gone to. */
  withdraw(ref: CallRef, from: string[]): Promise<void>;
  /**
   * Ends a pending call, once. `by` says on whose word: the waiter's own, the socket that the command was sent to,
   * or any socket of the gateway. Refused gives the call as it stands, if there is one (its answer to a waiter only).
   * Nothing is written on a word that does not count, however large the answer. Repeating an end that was written ends it.
   */
  end(ref: CallRef, end: CallEnd, by: EndedBy): Promise<EndWritten>;
  /** Keeps params that are too large for the call's own row; nothing to do for others. */
  keepParams(call: OpenCall): Promise<void>;
  /** The params of a pending call; undefined when they are not, or not wholly, there. `value` is absent for none. */
  paramsOf(ref: CallRef): Promise<{ value?: unknown } | undefined>;
  /** Adds progress of a call that was read; a `seq` that is there already stays as it is. */
  addProgress(call: ProgressRef, progress: Progress): Promise<'added' | 'repeated'>;
  /** The state of each of these calls that is there, in no order. `loosely` costs half, and may be some moments behind. */
  states(callKeys: string[], nowMs: number, how?: 'loosely'): Promise<StoredCall[]>;
  /** Removes calls with all that stands beside them. */
  remove(callKeys: string[]): Promise<void>;
}

/** The turn of telling listeners of progress: one has it at a time, and it is free again after `untilMs`. */
export interface Turn {
  holder: string;
  untilMs: number;
}

/** Who listens from now on. */
export interface Listening {
  listener: Listener;
  /** As the client knows the call. */
  id: string;
  turn: Turn;
}

/** A call and what was reported of it. */
export interface FollowedCall {
  call?: StoredCall;
  progress: Progress[];
}

/** What tells the progress of a call from that of an earlier one with the same key. */
export type ProgressRef = Pick<StoredCall, 'callKey' | 'nonce' | 'openedAtMs'>;

/** What became of an end: the call as it stands now with it, or as it stood in the way. */
export type EndWritten = { ended: StoredCall } | { refused?: StoredCall };

/** On whose word a call ends. */
export type EndedBy = { waiter: true } | { connectionId: string } | { gatewayId: string };
