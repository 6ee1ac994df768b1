import { createBoard } from './board';
import { browserClock } from './feed/browser-clock';
import { type Feed, type FeedState, startFeed } from './feed/feed';
import { type AccessDenied, createMonitorApi, type MonitorApi } from './feed/monitor-api';
import { forgetToken, rememberedToken, rememberToken } from './token-store';
import { byId } from './view/dom';
import { createGate } from './view/gate';
import { createStatusPill } from './view/status-pill';

let token = rememberedToken();
let stateName: FeedState['name'] = 'connecting';
let feed: Feed | undefined;
let api: MonitorApi | undefined;

const board = createBoard({
  loadOlder: async () => feed?.loadOlder(),
  nowMs: () => api?.nowMs() ?? Date.now(),
  isLive: () => stateName === 'live',
});
const pill = createStatusPill(() => feed?.retryNow());
const gate = createGate((typed) => {
  token = typed;
  start();
}, start);
const leave = byId('leave');

/** Without a token the first attempt asks whether this server needs one. */
function start(): void {
  feed?.stop();
  api = createMonitorApi(location.href, token);
  feed = startFeed(api, browserClock, {
    onEvents: board.onEvents,
    onLost: board.onLost,
    onOlder: board.onOlder,
    onState,
  });
}

function onState(state: FeedState): void {
  stateName = state.name;
  if (state.name === 'denied') {
    onDenied(state.denial);
    return;
  }
  pill.show(state);
  if (state.name === 'waiting') {
    if (gate.isShown) gate.delay(state.reason);
    else board.show();
  }
  if (state.name !== 'live') return;
  if (token) rememberToken(token);
  leave.hidden = token === undefined;
  gate.hide();
  board.show();
}

function onDenied({ status, message }: AccessDenied): void {
  const refused = token !== undefined;
  forget();
  if (status === 403) gate.show({ name: 'closed', detail: message });
  else gate.show(refused ? { name: 'token-refused', detail: message } : { name: 'token-needed' });
}

function forget(): void {
  forgetToken();
  token = undefined;
  leave.hidden = true;
  pill.hide();
  board.hide();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

leave.addEventListener('click', () => {
  feed?.stop();
  forget();
  // What was shown goes too: the next viewer of this screen starts from nothing.
  location.reload();
});
addEventListener('online', () => feed?.retryNow());
document.addEventListener('visibilitychange', () => document.hidden || feed?.retryNow());
start();
