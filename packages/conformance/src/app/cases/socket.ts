/** An App's socket: how it comes to be, and is kept. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { NotTried } from '../../harness/not-tried';
import type { Refusal } from '../double/refusals';
import { type AppWorld, type Home, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('socket');
export const socket = cases;

section('An App on a socket');

it('hello', "The App's own requests: `relay.hello` (policy and presence),", async (w) => {
  const { server } = await w.onSocket();
  fits((await server.socket()).asked('relay.hello'), [{ jsonrpc: '2.0', id: (id) => id !== undefined }]);
});
it(
  'presence',
  '`relay.presence` `{ gatewayId, connected, time }` says when the runtime comes and goes.',
  async (w) => {
    const { app, server } = await w.onSocket();
    const { gatewayId } = server;
    const found = await server.socket();
    for (const connected of [false, true]) {
      const before = app.events.length;
      found.event('relay.presence', { gatewayId, connected, time: new Date().toISOString() });
      const isIt = (each: { event?: string; connected?: boolean }) =>
        each.event === 'presence' && each.connected === connected;
      await app.until(() => app.events.slice(before).some(isIt));
    }
  },
);

const keeping =
  'An App keeps its socket as a runtime does: it sends something every `keepaliveMs`, opens the next one before `reconnectAfterMs` and before it closes the old one, takes one that is silent for `keepaliveMs` and 15 s for lost, and waits after a loss with jitter, twice as long each time up to 30 s.';
it('keepalive', keeping, async (w) => {
  const { server } = await w.onSocket({ policy: { keepaliveMs: 1_000 } });
  const found = await server.socket();
  const pings = () =>
    found.frames.filter((frame) => frame?.method === 'relay.ping' || frame?.type === 'ping').length;
  await server.until(() => pings() >= 2);
});
it('hands-over', keeping, async (w) => {
  const home = await w.onSocket({ policy: { reconnectAfterMs: 1_500, maxConnectionMs: 60_000 } });
  const { server } = home;
  const first = await server.socket();
  const asked = home.stream('wait', 1, { timeoutMs: 60_000 });
  const call = await server.calls.of('wait');
  call.step('a');
  const second = await server.until(() => server.sockets[1]);
  holds(second.openedBeside.includes(first), 'the old socket was closed before the new one was open');
  await server.until(() => second.asked('relay.hello').length > 0);
  call.answer('across');
  equal(await asked.result(), 'across', 'the result of a call across a hand-over');
  ranOnce(home, 'wait');
});
it('half-open', keeping, async (w) => {
  const home = await w.onSocket({ policy: { keepaliveMs: 1_000 } });
  const { server } = home;
  const asked = home.call('wait', 1, { timeoutMs: 60_000 });
  const call = await server.calls.of('wait');
  (await server.socket()).goDeaf();
  await server.until(() => server.sockets.length >= 2 || server.to(/\/rpc\//).length > 0);
  call.answer('alive');
  equal(await asked.result(), 'alive', 'the result');
  ranOnce(home, 'wait');
});
it('backs-off', keeping, async (w) => {
  const busy: Refusal = { status: 503, type: 'text/plain', body: 'busy' };
  const home = await w.paired({ handshakes: [busy, busy, busy, busy] });
  await home.watch();
  const at = home.server.handshakes.map(({ atMs }) => atMs);
  const waits = at.slice(1).map((ms, n) => ms - at[n]!);
  holds(waits.length === 4 && at[4]! - at[0]! >= 400, `waits of ${waits.join(', ')} ms`);
  holds(waits[3]! > waits[0]!, `waits of ${waits.join(', ')} ms do not grow`);
});
it('jitter', keeping, async (w) => {
  const busy: Refusal = { status: 503, type: 'text/plain', body: 'busy' };
  const homes = await Promise.all([1, 2, 3, 4, 5, 6].map(() => w.paired({ handshakes: [busy, busy, busy] })));
  await Promise.all(homes.map((home) => home.watch()));
  const totals = homes.map(({ server }) => server.handshakes[3]!.atMs - server.handshakes[0]!.atMs);
  const spread = Math.max(...totals) - Math.min(...totals);
  // Those that wait alike come within what a timer is off.
  holds(spread > 40, `six Apps came back after ${totals.join(', ')} ms: all at once`);
});
it('few-sockets', 'An App may hold four as well.', async (w) => {
  const home = await w.paired();
  await Promise.all(Array.from({ length: 20 }, (_, n) => home.call('echo', n).result()));
  await home.app.ask('status').result();
  holds(home.server.handshakes.length <= 2, `${home.server.handshakes.length} sockets for 20 calls`);
});
cases.at(-1)!.section = 'WebSocket `/relay`';
it(
  'ticket',
  'An App connects with its client token, or with a ticket (`POST /api/relay/tickets`), which a browser can put into the URL.',
  async (w) => {
    const { server } = await browser(w);
    await server.socket();
    const [seen] = server.handshakes;
    equal(seen?.credential, undefined, 'the bearer of a socket of a browser');
    holds(/[?&]ticket=atk_/.test(seen?.url ?? ''), 'a socket of a browser came without a ticket');
    holds(!seen!.url.includes(server.clientToken), 'the token stands in the address');
  },
);
it(
  'ticket-fresh',
  "| App's ticket | `atk_` + base64url | one socket of one App | 256 bits | 60 seconds, one use |",
  async (w) => {
    const { server } = await browser(w);
    (await server.socket()).socket.terminate();
    await server.until(() => server.sockets.length >= 2);
    const urls = server.handshakes.map(({ url }) => url);
    equal(new Set(urls).size, urls.length, 'tickets that were used once');
  },
);
cases.at(-1)!.section = 'Credentials';

/** An App whose sockets take no header, as in a browser. */
async function browser(w: AppWorld): Promise<Home> {
  const home = await w.unpaired({}, { AGENTTOWN_APP_BROWSER: '1' });
  const { browser: isIt } = (await home.app.ask('pair', { code: home.server.code }).result()) ?? {};
  if (!isIt) throw new NotTried('this App does not run in browsers');
  home.app.ask('watch');
  return home;
}

section('Places');

it(
  'url-as-it-is',
  '`relayUrl` in an answer is complete: a runtime connects to it as it is and adds only its secret.',
  async (w) => {
    const { server } = await w.onSocket();
    fits(server.handshakes[0], { url: `/relay/${server.gatewayId}`, credential: server.clientToken });
  },
);
