/** An App on a socket. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Peer } from '../../wire/peer';
import { answers, type Household, silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const appSocket = cases;

async function onSocket(w: ServerWorld, onCommand = answers): Promise<Household & { socket: Peer }> {
  const house = await w.household(onCommand);
  return { ...house, socket: await w.appSocket(house) };
}

section('An App on a socket');

it('socket-call', 'Each JSON-RPC request is a call:', async (w) => {
  const { socket, runtime } = await onSocket(w);
  fits(await w.onSocket(socket, 1, 'echo', { params: { a: 1 } }), { ok: true, result: { a: 1 } });
  fits(await runtime.command(), { method: 'echo', params: { a: 1 } });
});
it(
  'socket-answer',
  'answered `{ jsonrpc, type: "res", id, ok, result | error, meta: { id, outcome, durationMs } }` under the App\'s own id',
  async (w) => {
    const { socket } = await onSocket(w);
    for (const id of [1, 'one', 0])
      fits(await w.onSocket(socket, id, 'echo', { params: id }), {
        jsonrpc: '2.0',
        type: 'res',
        id,
        ok: true,
        result: id,
        meta: { id: String, outcome: 'answered', durationMs: Number },
      });
    fits(await w.onSocket(socket, 2, 'fail'), {
      ok: false,
      error: { code: 'E_KIT', message: 'no', data: { why: 1 } },
      meta: { outcome: 'runtime-error' },
    });
  },
);
it('socket-own-ids', 'That id counts on its socket;', async (w) => {
  const house = await onSocket(w);
  const second = await w.appSocket(house);
  fits(await w.onSocket(house.socket, 1, 'echo', { params: 'a' }), { result: 'a' });
  fits(await w.onSocket(second, 1, 'echo', { params: 'b' }), { result: 'b' });
});
it(
  'socket-call-id',
  "`meta.id` is the call's `id` as in HTTP, by which it can be joined and asked for later.",
  async (w) => {
    const { app, socket, runtime } = await onSocket(w);
    await w.onSocket(socket, 1, 'echo', { params: 'kept', meta: { id: 'by-http' } });
    fits(await w.look(app, 'by-http'), { body: { result: 'kept' } });
    fits(await w.onSocket(socket, 2, 'echo', { params: 'kept', meta: { id: 'by-http' } }), {
      result: 'kept',
    });
    equal(runtime.commands().length, 1, 'commands');
  },
);
it(
  'socket-problem',
  'Where HTTP would answer a problem, `error.data` is that problem.',
  async (w) => {
    const { socket } = await onSocket(w);
    const timeouts = [1, 999, 840_001, 1000.5, '5000', null, -1];
    const ids = ['a b', 'ä', '', 'x'.repeat(65), 'a/b'];
    const wrong: Array<[path: string, method: string, meta?: object]> = [
      ['method', 'relay.unknown'],
      ...timeouts.map((timeoutMs) => ['timeoutMs', 'm', { timeoutMs }] as [string, string, object]),
      ...ids.map((id) => ['id', 'm', { id }] as [string, string, object]),
    ];
    for (const [path, method, meta] of wrong) {
      fits(await w.onSocket(socket, w.name(), method, meta ? { meta } : {}), {
        error: { code: -32600, data: { code: 'invalid_request', errors: [{ path }] } },
      });
    }
    fits(await w.onSocket(socket, 'late', 'quiet', { meta: { timeoutMs: 3_000 } }), {
      error: { data: { code: 'rpc_timeout', outcome: 'timed-out', retry: 'new-id' } },
    });
  },
  { waitsMs: 5_000 },
);
it(
  'socket-large-answer',
  'An answer over 128,000 bytes is fetched by HTTP under the `id` that its error names.',
  async (w) => {
    const { gateway, app, socket, runtime } = await onSocket(w, silent);
    const answer = w.onSocket(socket, 1, 'm');
    const { id } = await runtime.command();
    const result = 'x'.repeat(200_000);
    await w.ask(`POST /api/relay/replies/${id}`, { credential: gateway.relaySecret, body: { result } });
    const { error } = await answer;
    fits(error, { data: { code: 'payload_too_large', id: String } });
    holds((await w.look(app, error.data.id)).body.result === result, 'the answer did not come whole');
  },
);
it('socket-progress', "`relay.progress` events `{ id, seq, data }` carry the App's id,", async (w) => {
  const { socket, runtime } = await onSocket(w, silent);
  const answer = w.onSocket(socket, 7, 'work');
  const { id } = await runtime.command();
  runtime.step(id, 0, 'half');
  fits(await socket.frame({ event: 'relay.progress' }), {
    type: 'event',
    method: 'relay.progress',
    params: { id: 7, seq: 0, data: 'half' },
  });
  runtime.reply(id, 'whole');
  fits(await answer, { result: 'whole' });
});
it(
  'socket-presence',
  '`relay.presence` `{ gatewayId, connected, time }` says when the runtime comes and goes.',
  async (w) => {
    const { gateway, socket, runtime } = await onSocket(w);
    await socket.settled();
    // A hand-over is neither.
    const newer = await w.runtime(gateway);
    await runtime.close();
    await newer.settled();
    await newer.close();
    const { gatewayId } = gateway;
    fits(await socket.frame({ event: 'relay.presence' }), {
      type: 'event',
      method: 'relay.presence',
      params: { gatewayId, connected: false, time: String },
    });
    await w.runtime(gateway);
    fits(await socket.frame({ event: 'relay.presence', params: { connected: true } }), {
      params: { gatewayId },
    });
    const told = socket.frames.filter(({ event }) => event === 'relay.presence');
    equal(
      told.map(({ params }) => params.connected),
      [false, true],
      'what was told of the runtime',
    );
  },
);
it(
  'socket-hello',
  "The App's own requests: `relay.hello` (policy and presence), `relay.ping`, `relay.cancel` `{ id }`",
  async (w) => {
    const { gateway, socket } = await onSocket(w);
    fits(await socket.ask('relay.hello'), {
      result: {
        protocol: 1,
        gatewayId: gateway.gatewayId,
        connected: true,
        keepaliveMs: Number,
        maxConnectionMs: Number,
        reconnectAfterMs: Number,
      },
    });
    fits(await socket.ask('relay.ping'), { ok: true });
  },
);
it(
  'socket-cancel',
  "The App's own requests: `relay.hello` (policy and presence), `relay.ping`, `relay.cancel` `{ id }`",
  async (w) => {
    const { socket, runtime } = await onSocket(w, silent);
    const stopped = w.onSocket(socket, 3, 'long');
    const { id } = await runtime.command('long');
    fits(await w.onSocket(socket, 4, 'relay.cancel', { params: { id: 3 } }), {
      result: { id: 3, outcome: 'cancelled' },
    });
    fits(await stopped, { ok: false, error: { code: 'cancelled' } });
    fits(await runtime.frame({ event: 'relay.cancel' }), { params: { id } });
  },
);
it(
  'socket-traceparent',
  '`{ jsonrpc, id, method, params?, meta?: { id?, timeoutMs?, traceparent? } }`,',
  async (w) => {
    const { socket } = await onSocket(w);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { result } = await w.onSocket(socket, 1, 'meta', { meta: { traceparent, timeoutMs: 5_000 } });
    fits(result, { traceparent });
    holds(Date.parse(result.deadline) - Date.now() < 6_000, 'the timeout did not count');
  },
);
it('socket-no-runtime', 'An App connects with its client token,', async (w) => {
  const { socket, runtime } = await onSocket(w, silent);
  const answer = w.onSocket(socket, 1, 'm');
  const { id } = await runtime.command();
  socket.reply(id, 'forged');
  await socket.settled();
  runtime.reply(id, 'true');
  fits(await answer, { result: 'true' });
});

it('socket-timeout', '`timeoutMs` goes up to 840,000.', async (w) => {
  const { socket } = await onSocket(w);
  fits(await w.onSocket(socket, 1, 'echo', { meta: { timeoutMs: 840_000 } }), { ok: true });
  fits(await w.onSocket(socket, 2, 'echo', { meta: { timeoutMs: 840_001 } }), {
    error: { data: { errors: [{ path: 'timeoutMs' }] } },
  });
});
