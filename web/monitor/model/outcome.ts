import { type Outcome, outcomeOfEvent, outcomes, outcomeWords } from '../../../lambdas/core/wire/outcomes';
import type { MonitorEvent } from './monitor-event';

/** One way in which a call ends. `refused` is a request that the relay would not carry: it never became a call. */
export type CallOutcome = Outcome | 'refused';

/** How a call can end, in the order in which charts stack it. */
export const CALL_OUTCOMES: readonly CallOutcome[] = [...outcomeWords, 'refused'];

/** How an outcome is coloured. The word itself is always shown as well. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

const CALL_TONES: Readonly<Record<CallOutcome, Tone>> = {
  answered: 'good',
  'runtime-error': 'bad',
  'timed-out': 'warn',
  offline: 'warn',
  disconnected: 'warn',
  cancelled: 'quiet',
  'too-large': 'bad',
  refused: 'bad',
};

/** What other events end with: the outcome that they name, or their type's last word. */
const OTHER_TONES: ReadonlyArray<[string, Tone]> = [
  ['success', 'good'],
  ['created', 'good'],
  ['paired', 'good'],
  ['rate_limited', 'warn'],
  ['reply_rejected', 'warn'],
  ['replaced', 'warn'],
  ['error', 'bad'],
  ['failed', 'bad'],
  ['denied', 'bad'],
  ['rejected', 'bad'],
  ['refused', 'warn'],
];
const TONES: ReadonlyMap<string, Tone> = new Map([...Object.entries(CALL_TONES), ...OTHER_TONES]);
const TELLING = new Set(['success', 'created', 'error', 'failed', 'denied', 'rejected', 'reply_rejected']);
const ENDS: ReadonlySet<string> = new Set(outcomeWords.map((word) => outcomes[word].event));

/** How the call of this event ended; `undefined` when the event does not end a call. */
export function callOutcomeOf(event: MonitorEvent): CallOutcome | undefined {
  return outcomeOfEvent(event) ?? (ENDS.has(event.type) ? 'refused' : undefined);
}

/** The outcome that the table shows: the event's own, else what its type says, else nothing. */
export function outcomeOf(event: MonitorEvent): string {
  if (event.outcome) return event.outcome;
  const ending = event.type.slice(event.type.lastIndexOf('.') + 1);
  return outcomeOfEvent(event) ?? (TELLING.has(ending) ? ending : '');
}

/** A call that ended without an answer of the runtime, or with its error. Cancelling is the caller's own wish. */
export function isFailure(outcome: CallOutcome): boolean {
  return outcome !== 'answered' && outcome !== 'cancelled';
}

/** The colour of an outcome or of a type's ending; unknown words are quiet. */
export function toneOf(word: string): Tone {
  return TONES.get(word.slice(word.lastIndexOf('.') + 1)) ?? 'quiet';
}

/** The colour of a whole event: how its call ended, else its outcome's, else its type's. A socket that closes is no fault. */
export function toneOfEvent(event: MonitorEvent): Tone {
  const ended = callOutcomeOf(event);
  if (ended) return toneOf(ended);
  const outcome = outcomeOf(event);
  if (outcome) return toneOf(outcome);
  return event.type.startsWith('relay.websocket.') && !event.type.endsWith('.denied')
    ? 'quiet'
    : toneOf(event.type);
}
