import type { MonitorEvent } from './monitor-event';

/** How a call can end, in the order in which charts stack it. */
export const CALL_OUTCOMES = ['success', 'error', 'timeout', 'offline', 'disconnected', 'cancelled'] as const;

/** One way in which a call ends. */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** How an outcome is coloured. The word itself is always shown as well. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

const CALL_PREFIX = 'relay.rpc.';
const TELLING = new Set(['success', 'created', 'error', 'failed', 'denied', 'rejected', 'reply_rejected']);
const GOOD = new Set(['success', 'created', 'answered', 'ok', 'accepted']);
const WARN = new Set(['timeout', 'offline', 'disconnected', 'rate_limited', 'reply_rejected', 'replaced']);
const BAD = new Set(['error', 'failed', 'denied', 'rejected']);

/** How the call of this event ended; `undefined` when the event does not end a call. */
export function callOutcomeOf(event: MonitorEvent): CallOutcome | undefined {
  if (!event.type.startsWith(CALL_PREFIX)) return undefined;
  const ending = event.type.slice(CALL_PREFIX.length);
  return CALL_OUTCOMES.find((outcome) => outcome === ending);
}

/** The outcome that the table shows: the event's own, else what its type says, else nothing. */
export function outcomeOf(event: MonitorEvent): string {
  if (event.outcome) return event.outcome;
  const ending = event.type.slice(event.type.lastIndexOf('.') + 1);
  return callOutcomeOf(event) ?? (TELLING.has(ending) ? ending : '');
}

/** The colour of an outcome or of a type's ending; unknown words are quiet. */
export function toneOf(word: string): Tone {
  const ending = word.slice(word.lastIndexOf('.') + 1);
  if (GOOD.has(ending)) return 'good';
  if (BAD.has(ending)) return 'bad';
  return WARN.has(ending) ? 'warn' : 'quiet';
}

/** The colour of a whole event: its outcome's, else its type's. A socket that closes is no fault. */
export function toneOfEvent(event: MonitorEvent): Tone {
  const outcome = outcomeOf(event);
  if (outcome) return toneOf(outcome);
  return event.type.startsWith('relay.websocket.') && !event.type.endsWith('.denied')
    ? 'quiet'
    : toneOf(event.type);
}
