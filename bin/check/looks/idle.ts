/** How long a socket may be silent, and whether a ping control frame counts as a word: the keepalive of eight minutes relies on the one. */
import type { WebSocket } from 'ws';
import { type Look, notTried, sight } from '../look';

/** API Gateway's own limit. */
const idleLimitMs = 600_000;
/** Up to here a silent socket must live. */
const mustLiveMs = 540_000;

interface Watched {
  closedAfterMs: number | undefined;
  code: number | undefined;
}

function watched(socket: WebSocket): Watched {
  const sinceMs = performance.now();
  const found: Watched = { closedAfterMs: undefined, code: undefined };
  socket.once('close', (code: number) => {
    Object.assign(found, { closedAfterMs: Math.round(performance.now() - sinceMs), code });
  });
  return found;
}

const told = ({ closedAfterMs, code }: Watched, waitedMs: number) =>
  closedAfterMs === undefined
    ? `open after ${Math.round(waitedMs / 1_000)} s`
    : `closed with ${code} after ${Math.round(closedAfterMs / 1_000)} s`;

/** Two sockets that say nothing: one of them pings. */
export const idleSockets: Look = {
  id: 'idle-socket',
  title: 'idle time of a socket, and whether pings count',
  expected:
    'a silent socket lives for nine minutes and more; whether one that pings outlives ten is found out here',
  async run({ target, party }) {
    if (target.longMs < mustLiveMs) return notTried(`it takes ${mustLiveMs / 60_000} minutes: --minutes 11`);
    const [silent, pinging] = [
      await party.socket(party.app.clientToken),
      await party.socket(party.app.clientToken),
    ];
    const found = { silent: watched(silent), pinging: watched(pinging) };
    const ping = setInterval(() => pinging.ping(), 60_000);
    const waitMs = Math.min(target.longMs, idleLimitMs + 45_000);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    clearInterval(ping);
    silent.terminate();
    pinging.terminate();
    const isWell = (found.silent.closedAfterMs ?? waitMs) >= mustLiveMs;
    return sight(isWell, `silent: ${told(found.silent, waitMs)}; with pings: ${told(found.pinging, waitMs)}`);
  },
};
