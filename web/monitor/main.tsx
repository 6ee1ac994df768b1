import { render } from 'preact';
import { browserClock } from './feed/browser-clock';
import { startFeed } from './feed/feed';
import type { Feed, FeedState } from './feed/feed-contract';
import { type AccessDenied, createMonitorApi } from './feed/monitor-api';
import { gate, hasToken, isAdmitted } from './state/access';
import { attach, feedState, lost, reach, takeEvents } from './state/known';
import { openPayloads } from './state/payloads';
import { forgetToken, rememberedToken, rememberToken } from './token-store';
import { Board } from './view/board';
import { Detail } from './view/detail';
import { Gate } from './view/gate';
import { Header } from './view/header';
import { Help } from './view/help';
import { bindKeys } from './view/keyboard';

let token = rememberedToken();
let feed: Feed | undefined;

/** Without a token the first attempt asks whether this server needs one. */
function start(): void {
  feed?.stop();
  const api = createMonitorApi(location.href, token);
  openPayloads(location, token);
  feed = startFeed(api, browserClock, {
    onEvents: takeEvents,
    onState,
    onLost: (period) => {
      lost.value = period;
    },
    onReach: (next) => {
      reach.value = next;
    },
  });
  attach(feed, api.nowMs);
}

function onState(state: FeedState): void {
  feedState.value = state;
  if (state.name === 'denied') onDenied(state.denial);
  if (state.name === 'waiting' && gate.value) {
    gate.value = { name: 'delayed', detail: `${state.reason} The page tries again by itself.` };
  } else if (state.name === 'waiting') isAdmitted.value = true;
  if (state.name !== 'live') return;
  if (token) rememberToken(token);
  hasToken.value = token !== undefined;
  gate.value = undefined;
  isAdmitted.value = true;
}

function onDenied({ status, message }: AccessDenied): void {
  const wasRefused = token !== undefined;
  forgetToken();
  token = undefined;
  hasToken.value = false;
  isAdmitted.value = false;
  gate.value =
    status === 403
      ? { name: 'closed', detail: message }
      : { name: wasRefused ? 'token-refused' : 'token-needed' };
}

function leave(): void {
  feed?.stop();
  forgetToken();
  // What was shown goes too: the next viewer of this screen starts from nothing.
  location.reload();
}

const tryToken = (typed: string) => {
  token = typed;
  gate.value = { name: 'asking' };
  start();
};

function Page() {
  return (
    <>
      <a class="skip" href="#table">
        Skip to the table
      </a>
      <Header onLeave={leave} onRetry={() => feed?.retryNow()} />
      {gate.value && <Gate onToken={tryToken} onRetry={start} />}
      {isAdmitted.value && <Board />}
      {isAdmitted.value && <Detail />}
      <Help />
    </>
  );
}

addEventListener('online', () => feed?.retryNow());
document.addEventListener('visibilitychange', () => document.hidden || feed?.retryNow());
bindKeys();
render(<Page />, document.getElementById('page')!);
start();
