import { byTime, type MonitorEvent, timeMsOf } from './monitor-event';
import { callOutcomeOf, outcomeOf } from './outcome';

/** The stations of a call, in the order in which a good one passes them. */
export type CallStage = 'request' | 'command' | 'progress' | 'message' | 'answer' | 'other';

/** One event of a call, placed in time. */
export interface CallStep {
  readonly stage: CallStage;
  readonly event: MonitorEvent;
  /** Since the call's first event. */
  readonly offsetMs: number;
  /** Since the step before. */
  readonly sincePreviousMs: number;
}

/** A call as its events tell it. */
export interface CallTimeline {
  readonly rpcId: string;
  /** In the order in which they happened. */
  readonly steps: CallStep[];
  /** How it ended, or why it was refused; absent while it runs. */
  readonly outcome?: string;
  /** From the first event to the last one. */
  readonly totalMs: number;
  /** Stations that a call always passes and that are not among the kept events. */
  readonly missing: CallStage[];
}

const STAGES: Readonly<Record<string, CallStage>> = {
  'relay.rpc.request': 'request',
  'relay.rpc.command_sent': 'command',
  'relay.rpc.progress': 'progress',
  'relay.websocket.message': 'message',
};

function stageOf(event: MonitorEvent): CallStage {
  return STAGES[event.type] ?? (callOutcomeOf(event) ? 'answer' : 'other');
}

/** Puts the events of one call together; `events` may be in any order and hold other calls. */
export function callTimeline(events: readonly MonitorEvent[], rpcId: string): CallTimeline {
  const own = events.filter((event) => event.rpcId === rpcId).sort(byTime);
  const startMs = own[0] ? timeMsOf(own[0]) : 0;
  let previousMs = startMs;
  const steps = own.map((event): CallStep => {
    const atMs = timeMsOf(event);
    const step = {
      stage: stageOf(event),
      event,
      offsetMs: atMs - startMs,
      sincePreviousMs: atMs - previousMs,
    };
    previousMs = atMs;
    return step;
  });
  const end = own.find((event) => callOutcomeOf(event) !== undefined);
  const ending = end && callOutcomeOf(end);
  const outcome = end && outcomeOf(end);
  // A call that found no runtime, or that the relay refused, never sent its command.
  const unsent = ending === 'offline' || ending === 'refused';
  const needed: CallStage[] = unsent ? ['request', 'answer'] : ['request', 'command', 'answer'];
  return {
    rpcId,
    steps,
    ...(outcome ? { outcome } : {}),
    totalMs: previousMs - startMs,
    missing: needed.filter((stage) => !steps.some((step) => step.stage === stage)),
  };
}
