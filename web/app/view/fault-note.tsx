import { useEffect, useState } from 'preact/hooks';
import type { Fault, Remedy } from '../state/fault';

const LABELS: Record<Remedy, string> = {
  again: 'Try again',
  'again-anew': 'Send it again',
  'look-again': 'Look again',
  pair: 'Pair again',
  'other-code': 'Type another code',
  none: '',
};

/** One sentence about what went wrong, and the one thing to do. */
export function FaultNote({ fault, onRemedy }: { fault: Fault; onRemedy(remedy: Remedy): void }) {
  const { words, remedy, untilMs } = fault;
  const seconds = useCountdown(untilMs);
  return (
    <div class="notice fault" data-tone={remedy === 'none' ? 'quiet' : 'bad'} role="alert">
      <span>{words}</span>
      {remedy !== 'none' && (
        <button class="button" type="button" disabled={seconds > 0} onClick={() => onRemedy(remedy)}>
          {seconds > 0 ? `${LABELS[remedy]} in ${seconds} s` : LABELS[remedy]}
        </button>
      )}
    </div>
  );
}

function useCountdown(untilMs = 0): number {
  const [now, setNow] = useState(Date.now());
  const seconds = Math.max(0, Math.ceil((untilMs - now) / 1000));
  useEffect(() => {
    if (untilMs <= Date.now()) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [untilMs]);
  return seconds;
}
