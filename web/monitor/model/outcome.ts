import { type Outcome, outcomeOfEvent, outcomes, outcomeWords } from '../../../lambdas/core/wire/outcomes';
import type { MonitorEvent } from './monitor-event';

/** How an outcome is coloured. The word itself is always shown as well. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

const CALL_TONES: Readonly<Record<Outcome, Tone>> = {
  answered: 'good',
  'runtime-error': 'bad',
  'timed-out': 'warn',
  offline: 'warn',
  disconnected: 'warn',
  cancelled: 'quiet',
  'too-large': 'bad',
};

/** What other events end with: the outcome that they name, or their type's last word. */
const OTHER_TONES: ReadonlyArray<[string, Tone]> = [
  ['success', 'good'],
  ['created', 'good'],
  ['rate_limited', 'warn'],
  ['reply_rejected', 'warn'],
  ['replaced', 'warn'],
  ['error', 'bad'],
  ['failed', 'bad'],
  ['denied', 'bad'],
  ['rejected', 'bad'],
];
const TONES: ReadonlyMap<string, Tone> = new Map([...Object.entries(CALL_TONES), ...OTHER_TONES]);
const TELLING = new Set(['success', 'created', 'error', 'failed', 'denied', 'rejected', 'reply_rejected']);

/** Whether the event is the last one of its call, or of a request that was refused before it became one. */
export function endsCall({ type }: MonitorEvent): boolean {
  return outcomeWords.some((word) => outcomes[word].event === type);
}

/** The outcome that the table shows: the event's own, else what its type says, else nothing. */
export function outcomeOf(event: MonitorEvent): string {
  if (event.outcome) return event.outcome;
  const ending = event.type.slice(event.type.lastIndexOf('.') + 1);
  return outcomeOfEvent(event) ?? (TELLING.has(ending) ? ending : '');
}

/** The colour of an outcome or of a type's ending; unknown words are quiet. */
export function toneOf(word: string): Tone {
  return TONES.get(word.slice(word.lastIndexOf('.') + 1)) ?? 'quiet';
}

/** The colour of a whole event: its outcome's, else its type's. A socket that closes is no fault. */
export function toneOfEvent(event: MonitorEvent): Tone {
  const outcome = outcomeOf(event);
  if (outcome) return toneOf(outcome);
  return event.type.startsWith('relay.websocket.') && !event.type.endsWith('.denied')
    ? 'quiet'
    : toneOf(event.type);
}
