import type { FeedState } from '../feed/feed';
import { byId, setText } from './dom';

/** Shows the connection; a click on it while it waits tries at once. */
export interface StatusPill {
  show(state: FeedState): void;
  hide(): void;
}

/** Changes are announced once each; the count-down to the next attempt is only shown. */
export function createStatusPill(onRetry: () => void): StatusPill {
  const pill = byId<HTMLButtonElement>('status');
  const text = byId('status-text');
  const announcer = byId('announcer');
  let state: FeedState | undefined;
  const draw = () => {
    if (!state) return;
    setText(text, labelOf(state));
    pill.title = state.name === 'waiting' ? `${state.reason} Click to try now.` : '';
  };
  pill.addEventListener('click', () => state?.name === 'waiting' && onRetry());
  setInterval(draw, 500);
  return {
    show(next) {
      const changed = next.name !== state?.name;
      state = next;
      pill.hidden = false;
      pill.dataset.state = next.name;
      draw();
      if (changed && next.name !== 'connecting') setText(announcer, spokenOf(next));
    },
    hide() {
      state = undefined;
      pill.hidden = true;
    },
  };
}

function labelOf(state: FeedState): string {
  if (state.name === 'live') return 'Live';
  if (state.name === 'connecting') return 'Connecting…';
  if (state.name === 'denied') return 'No access';
  const seconds = Math.ceil((state.untilMs - Date.now()) / 1000);
  return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
}

function spokenOf(state: FeedState): string {
  if (state.name === 'live') return 'Events are live.';
  return state.name === 'waiting' ? 'The connection is lost. Reconnecting.' : 'No access.';
}
