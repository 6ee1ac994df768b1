import type { CallStage, CallStep, CallTimeline } from '../model/call-timeline';
import { formatDuration } from '../model/format';
import { callOutcomeOf, outcomeOf, toneOfEvent } from '../model/outcome';

const NAMES: Record<CallStage, string> = {
  request: 'Request',
  command: 'Command sent',
  progress: 'Progress',
  message: 'Message received',
  answer: 'Answer',
  other: 'Event',
};

/** One line per step of a call, then one per station that is missing; a click on a step chooses its event. */
export function Timeline(props: {
  timeline: CallTimeline;
  currentId: string | undefined;
  onChoose(eventId: string): void;
}) {
  const { timeline, currentId, onChoose } = props;
  return (
    <ol id="timeline" class="timeline">
      {timeline.steps.map((step) => (
        <Step
          key={step.event.id}
          step={step}
          totalMs={timeline.totalMs}
          isCurrent={step.event.id === currentId}
          onChoose={onChoose}
        />
      ))}
      {timeline.missing.map((stage) => (
        <li key={stage} class="missing">
          <div>
            <strong>{NAMES[stage]}</strong>
            <small>
              {stage === 'answer' && !timeline.outcome ? 'not yet' : 'not among the events on this page'}
            </small>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The call in a few words: `answered after 212 ms`. */
export function summaryOf(timeline: CallTimeline): string {
  return timeline.outcome
    ? `${timeline.outcome} after ${formatDuration(timeline.totalMs)}`
    : 'no answer so far';
}

function Step(props: {
  step: CallStep;
  totalMs: number;
  isCurrent: boolean;
  onChoose(eventId: string): void;
}) {
  const { step, totalMs, isCurrent, onChoose } = props;
  const { event, stage } = step;
  const ending = callOutcomeOf(event);
  const word = ending && ending !== 'answered' ? ` · ${outcomeOf(event)}` : '';
  const note = [event.type, progressOf(event.progress), event.errorCode, event.detail]
    .filter(Boolean)
    .join(' · ');
  const scale = 100 / Math.max(1, totalMs);
  return (
    <li
      class={isCurrent ? 'current' : undefined}
      data-tone={ending ? toneOfEvent(event) : undefined}
      aria-current={isCurrent ? 'step' : undefined}
    >
      <button type="button" class="step" onClick={() => onChoose(event.id)}>
        <strong>
          {NAMES[stage]}
          {word}
        </strong>
        <small title={note}>{note}</small>
      </button>
      <div class="track">
        <i
          style={{
            left: `${Math.min(97, (step.offsetMs - step.sincePreviousMs) * scale)}%`,
            width: `${step.sincePreviousMs * scale}%`,
          }}
        />
      </div>
      <span class="number">{step.offsetMs === 0 ? '0 ms' : `+${formatDuration(step.offsetMs)}`}</span>
    </li>
  );
}

function progressOf(count: number | undefined): string {
  if (count === undefined) return '';
  return `${count} step${count === 1 ? '' : 's'}`;
}
