/** What the end of an App's socket is taken for. */
import { suiteOf } from '../../harness/case';
import { equal, holds } from '../../harness/expect';
import { portal } from '../double/refusals';
import { type AppWorld, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('socket');
export const closing = cases;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isUnauthorized = ({ event }: { event?: string }) => event === 'unauthorized';

section('How the server closes a socket');

const loss =
  "1001 and 1009 are API Gateway's own (see the limits), and a close without `relay.closing` is a loss: reconnect.";
for (const code of [1001, 1009, 1006])
  it(`loss-${code}`, loss, async (w) => {
    const home = await w.onSocket();
    const { server } = home;
    const asked = home.call('wait');
    const call = await server.calls.of('wait');
    const { socket: first } = await server.socket();
    if (code === 1006) first.terminate();
    else first.close(code);
    await server.until(() => server.sockets.length >= 2);
    call.answer('back');
    equal(await asked.result(), 'back', 'the result of a call that lost its socket');
    ranOnce(home, 'wait');
  });
it(
  'revoked',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const { app, server } = await w.onSocket();
    const found = await server.socket();
    server.revoke();
    found.closeWith(4001, 'revoked');
    await app.until(() => app.events.some(isUnauthorized));
    const before = server.handshakes.length;
    await pause(1_500);
    equal(server.handshakes.length, before, 'handshakes with a token that is dead');
  },
);
it('removed', '| 1000 | the identity or the client was removed | register or pair anew |', async (w) => {
  const { app, server } = await w.onSocket();
  const found = await server.socket();
  server.revoke();
  found.closeWith(1000, 'removed');
  await app.until(() => app.events.some(isUnauthorized));
});
it(
  'replaced',
  "| 4008 | a newer socket of the same credential took this one's place | nothing: the newer one serves |",
  async (w) => {
    const home = await w.onSocket();
    const { server } = home;
    (await server.socket()).closeWith(4008, 'replaced');
    await pause(1_500);
    equal(server.handshakes.length, 1, 'handshakes within 1.5 s: five Apps would drive each other out');
    equal(await home.call('echo', 'still').result(), 'still', 'the result of a call after it');
  },
);

section("A runtime's connection");

const nothing = "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.";
for (const status of [401, 403])
  it(`portal-${status}`, nothing, async (w) => {
    const home = await w.paired({ handshakes: [portal(status)] });
    equal(await home.call('echo', 'in').result(), 'in', 'the result');
    await home.watch();
    holds(!home.app.events.some(isUnauthorized), 'the token was given up');
  });
it('dead-at-handshake', nothing, async (w) => {
  const home = await w.paired();
  home.server.revoke();
  home.app.ask('watch');
  await home.app.until(() => home.app.events.some(isUnauthorized));
  const before = home.server.handshakes.length;
  await pause(1_000);
  equal(home.server.handshakes.length, before, 'handshakes with a token that is dead');
});
