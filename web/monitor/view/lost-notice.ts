import type { LostPeriod } from '../feed/feed';
import { MAX_RECOVERED_EVENTS } from '../feed/gap';
import { formatMoment } from '../model/format';
import { byId } from './dom';

/** How long a period was, in words that begin a sentence. */
export function lengthOf({ fromMs, toMs }: LostPeriod): string {
  const minutes = Math.round((toMs - fromMs) / 60_000);
  if (minutes < 1) return 'Less than a minute';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** Says from when to when events are missing, and why. */
export function createLostNotice(): { show(period: LostPeriod, nowMs: number): void; hide(): void } {
  const notice = byId('lost');
  const hide = () => {
    notice.hidden = true;
  };
  byId('lost-close').addEventListener('click', hide);
  return {
    show(period, nowMs) {
      const why =
        period.reason === 'expired'
          ? 'the server no longer keeps those events'
          : `more than ${MAX_RECOVERED_EVENTS.toLocaleString('en-US')} events came in the meantime`;
      const between = `${formatMoment(period.fromMs, nowMs)} to ${formatMoment(period.toMs, nowMs)}`;
      byId('lost-text').textContent = `${lengthOf(period)} could not be filled (${between}): ${why}.`;
      notice.hidden = false;
    },
    hide,
  };
}
