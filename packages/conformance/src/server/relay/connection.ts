/** A runtime's connection, and how the server ends it. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const connection = cases;

section("A runtime's connection");

it(
  'status-tells-of-loss',
  "A 401 or 403 that is not the relay's own problem (a portal's, a proxy's) proves nothing.",
  async (w) => {
    const gateway = await w.register();
    await w.ask('DELETE /api/relay/gateway', { credential: gateway.relaySecret });
    fits(await w.runtime(gateway).catch((error) => error), { status: 401 });
    fits(await w.ask('GET /api/relay/status', { credential: gateway.relaySecret }), {
      status: 401,
      headers: { 'content-type': /^application\/problem\+json/ },
    });
  },
);
it('ping-tells-the-time', "A deadline is the server's time: `relay.ping` tells it (`time`).", async (w) => {
  const runtime = await w.runtime(await w.register());
  const { result } = await runtime.ask('relay.ping');
  holds(Math.abs(Date.parse(result.time) - Date.now()) < 300_000, 'the time of a ping is minutes away');
});
it(
  'frame-too-large',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    runtime.send('x'.repeat(33 * 1024));
    equal(await runtime.closed, 1009, 'the close code');
  },
  {
    also: [
      [
        'Limits',
        "| frame / message to the server (API Gateway's own) | 32 KiB / 128 KiB | closed with 1009 |",
      ],
    ],
  },
);
it(
  'message-of-frames',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    const result = 'r'.repeat(100_000);
    runtime.sendInPieces(JSON.stringify({ jsonrpc: '2.0', id, result }), 16_384);
    holds((await answer).body?.result === result, 'a reply in several frames did not come whole');
  },
);
it(
  'message-too-large',
  'One frame holds 32 KiB, one message in several frames 128 KiB; what is larger goes by HTTPS.',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    runtime.sendInPieces('x'.repeat(129 * 1024), 16_384);
    equal(await runtime.closed, 1009, 'the close code');
  },
  {
    also: [
      [
        'Limits',
        "| frame / message to the server (API Gateway's own) | 32 KiB / 128 KiB | closed with 1009 |",
      ],
    ],
  },
);

section('How the server closes a socket');

it(
  'closing-removed',
  '| 1000 | the identity or the client was removed | register or pair anew |',
  async (w) => {
    const house = await w.household();
    const socket = await w.appSocket(house);
    await w.ask('DELETE /api/relay/gateway', { credential: house.gateway.relaySecret });
    for (const one of [house.runtime, socket]) {
      fits(await one.frame({ event: 'relay.closing' }), { params: { code: 1000 } });
      await one.closed;
    }
  },
);
it(
  'closing-rotated',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const { gateway, runtime } = await w.household();
    w.adopt((await w.ask('POST /api/relay/secret', { credential: gateway.relaySecret, body: {} })).body);
    fits(await runtime.frame({ event: 'relay.closing' }), { params: { code: 4001 } });
    await runtime.closed;
  },
);
it(
  'closing-revoked',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const house = await w.household();
    const other = await w.redeem(await w.newCode(house.gateway));
    const sockets = [await w.appSocket(house), await w.appSocket({ ...house, app: other })] as const;
    await w.ask(`DELETE /api/relay/clients/${house.app.clientId}`, { credential: house.gateway.relaySecret });
    fits(await sockets[0].frame({ event: 'relay.closing' }), { params: { code: 4001 } });
    await sockets[0].closed;
    fits(await w.appSocket(house).catch((error) => error), { status: 401 }, 'a handshake after it');
    await sockets[1].settled();
    await house.runtime.settled();
  },
);
it(
  'closing-event-first',
  'an event comes first: `relay.closing` with `params: { code, reason }`.',
  async (w) => {
    const { gateway, runtime } = await w.household();
    await w.ask('DELETE /api/relay/gateway', { credential: gateway.relaySecret });
    await runtime.closed;
    fits(runtime.frames.at(-1), {
      jsonrpc: '2.0',
      type: 'event',
      event: 'relay.closing',
      method: 'relay.closing',
      params: { code: Number, reason: String },
    });
  },
);
