import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { Icon, Mark } from '../../shared/icon';
import { ThemeButton } from '../../shared/theme';
import type { FeedState } from '../feed/feed-contract';
import type { WayName } from '../feed/ways';
import { hasToken } from '../state/access';
import { feedState } from '../state/known';

/** Whether the keyboard help is open. */
export const helpOpen = signal(false);

const WAYS: Record<WayName, { readonly label: string; readonly words: string }> = {
  socket: { label: 'Live', words: 'Events are pushed over a WebSocket.' },
  stream: { label: 'Live · stream', words: 'No WebSocket gets through: events come as a stream.' },
  polling: {
    label: 'Live · polling',
    words: 'Neither a WebSocket nor a stream gets through: the page asks every 3 s.',
  },
};

/** The top of the page. */
export function Header({ onLeave, onRetry }: { onLeave(): void; onRetry(): void }) {
  return (
    <header class="top">
      <div class="brand">
        <Mark />
        <h1>
          AgentTown <span>Monitor</span>
        </h1>
      </div>
      <StatusPill onRetry={onRetry} />
      <div class="top-actions">
        <ThemeButton />
        <button
          id="help-open"
          class="icon-button"
          type="button"
          aria-label="Keyboard help"
          title="Keyboard help (?)"
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          <Icon name="help" />
        </button>
        {hasToken.value && (
          <button
            id="leave"
            class="icon-button"
            type="button"
            aria-label="Forget the token"
            title="Forget the token"
            onClick={onLeave}
          >
            <Icon name="leave" />
          </button>
        )}
      </div>
    </header>
  );
}

/** The connection; a click on it while it waits tries at once. Changes are announced once each, the count-down is only shown. */
function StatusPill({ onRetry }: { onRetry(): void }) {
  const state = feedState.value;
  const isWaiting = state?.name === 'waiting';
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => tick((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, [isWaiting]);
  if (!state || state.name === 'denied') return null;
  return (
    <>
      <button
        id="status"
        class="status"
        type="button"
        data-state={state.name}
        data-way={state.name === 'live' ? state.way : undefined}
        title={titleOf(state)}
        onClick={() => isWaiting && onRetry()}
      >
        <i />
        <span id="status-text">{labelOf(state)}</span>
      </button>
      <p class="hidden-text" role="status">
        {spokenOf(state)}
      </p>
    </>
  );
}

function titleOf(state: FeedState): string {
  if (state.name === 'live') return WAYS[state.way].words;
  return state.name === 'waiting' ? `${state.reason} Click to try now.` : '';
}

function labelOf(state: FeedState): string {
  if (state.name === 'live') return WAYS[state.way].label;
  if (state.name !== 'waiting') return 'Connecting…';
  const seconds = Math.ceil((state.untilMs - Date.now()) / 1000);
  return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
}

function spokenOf(state: FeedState): string {
  if (state.name === 'live') return `Events are live. ${WAYS[state.way].words}`;
  return state.name === 'waiting' ? 'The connection is lost. Reconnecting.' : '';
}
