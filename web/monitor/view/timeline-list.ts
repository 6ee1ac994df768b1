import type { CallStage, CallStep, CallTimeline } from '../model/call-timeline';
import { formatDuration } from '../model/format';
import { endsCall, outcomeOf, toneOfEvent } from '../model/outcome';
import { create } from './dom';

const NAMES: Record<CallStage, string> = {
  request: 'Request',
  command: 'Command sent',
  message: 'Message received',
  answer: 'Answer',
  other: 'Event',
};

/** One line of a timeline per step, then one per station that is missing. */
export function timelineItems(timeline: CallTimeline, currentId: string): HTMLLIElement[] {
  return [
    ...timeline.steps.map((step) => stepItem(step, timeline, currentId)),
    ...timeline.missing.map((stage) => missingItem(stage, timeline)),
  ];
}

/** The call in a few words: `answered after 212 ms`. */
export function summaryOf(timeline: CallTimeline): string {
  return timeline.outcome
    ? `${timeline.outcome} after ${formatDuration(timeline.totalMs)}`
    : 'no answer so far';
}

function stepItem(step: CallStep, timeline: CallTimeline, currentId: string): HTMLLIElement {
  const { event, stage } = step;
  const isCurrent = event.id === currentId;
  const isEnd = endsCall(event);
  const outcome = outcomeOf(event);
  const word = isEnd && outcome !== 'answered' ? ` · ${outcome}` : '';
  const span = create('i');
  const scale = 100 / Math.max(1, timeline.totalMs);
  span.style.left = `${Math.min(97, (step.offsetMs - step.sincePreviousMs) * scale)}%`;
  span.style.width = `${step.sincePreviousMs * scale}%`;
  const item = create(
    'li',
    { className: isCurrent ? 'current' : '', tone: isEnd ? toneOfEvent(event) : '' },
    create(
      'div',
      {},
      create('strong', {}, `${NAMES[stage]}${word}`),
      create('small', { title: event.type }, event.detail ? `${event.type} · ${event.detail}` : event.type),
    ),
    create('div', { className: 'track' }, span),
    create(
      'span',
      { className: 'number' },
      step.offsetMs === 0 ? '0 ms' : `+${formatDuration(step.offsetMs)}`,
    ),
  );
  if (isCurrent) item.setAttribute('aria-current', 'step');
  return item;
}

function missingItem(stage: CallStage, timeline: CallTimeline): HTMLLIElement {
  const text = stage === 'answer' && !timeline.outcome ? 'not yet' : 'not among the events on this page';
  return create(
    'li',
    { className: 'missing' },
    create('div', {}, create('strong', {}, NAMES[stage]), create('small', {}, text)),
  );
}
