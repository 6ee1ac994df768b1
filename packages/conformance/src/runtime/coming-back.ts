/** A runtime that loses its socket, is handed over, driven out or forgotten: what it takes a loss for, and what it still owes. */
import { suiteOf } from '../harness/case';
import { equal, holds } from '../harness/expect';
import { commandFrame } from './relay-socket';
import { type RuntimeWorld, repliesTo, replyTo, resultOf } from './world';

const { cases, section, it } = suiteOf<RuntimeWorld>('connection');
export const comingBack = cases;
const isRising = (numbers: number[]) => numbers.every((number, n) => n === 0 || number > numbers[n - 1]!);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

section('Credentials');

it(
  'registers-anew',
  'Where an answer with a rotated secret is lost, the runtime registers anew.',
  async (w) => {
    const { relay, ended } = await w.start();
    const socket = await relay.socket();
    const { gatewayId } = relay;
    relay.forget();
    socket.socket.terminate();
    const next = await Promise.race([
      relay.until(() => relay.gatewayId !== gatewayId && 'anew'),
      ended.then(() => 'ended'),
    ]);
    holds(
      next === 'anew' || next === 'ended',
      'a runtime whose identity is lost neither registers anew nor ends',
    );
  },
);

section('WebSocket `/relay`');

it(
  'hands-over',
  'A runtime sends something every `keepaliveMs`, reconnects with jitter before `reconnectAfterMs`, and opens the new socket before it closes the old one.',
  async (w) => {
    const { relay } = await w.start({ policy: { reconnectAfterMs: 2_000, maxConnectionMs: 60_000 } });
    const first = await relay.socket();
    await relay.until(() => relay.sockets.length >= 2);
    const second = relay.sockets[1]!;
    holds(
      first.closedAtMs === undefined || first.closedAtMs >= second.openedAtMs,
      'the old socket was closed before the new one was open',
    );
    equal(
      resultOf(await replyTo(relay, (await relay.socket()).command('echo', 'over'))),
      'over',
      'the result',
    );
  },
);
it(
  'hand-over-keeps-calls',
  'A runtime sends something every `keepaliveMs`, reconnects with jitter before `reconnectAfterMs`, and opens the new socket before it closes the old one.',
  async (w) => {
    const { relay } = await w.start({ policy: { reconnectAfterMs: 2_000, maxConnectionMs: 60_000 } });
    const first = await relay.socket();
    const id = first.command('count', { to: 4 });
    equal(resultOf(await replyTo(relay, id)), { counted: 4 }, 'the result of a call across a hand-over');
    equal(repliesTo(relay, id).length, 1, 'replies');
  },
);
it('keepalive', 'A runtime sends something every `keepaliveMs`,', async (w) => {
  const { relay } = await w.start({ policy: { keepaliveMs: 1_000 } });
  const socket = await relay.socket();
  const quiet = () =>
    socket.frames.filter((frame) => frame?.method === 'relay.ping' || frame?.type === 'ping').length;
  await relay.until(() => quiet() >= 2);
});

section('How the server closes a socket');

it(
  'loss',
  "1001 and 1009 are API Gateway's own (see the limits), and a close without `relay.closing` is a loss: reconnect.",
  async (w) => {
    const { relay } = await w.start();
    (await relay.socket()).socket.close(1001);
    await relay.until(() => relay.sockets.length >= 2);
    equal(
      resultOf(await replyTo(relay, (await relay.socket()).command('echo', 'back'))),
      'back',
      'the result',
    );
  },
);
it(
  'rotated',
  '| 4001 | the credential is no longer valid: rotated, revoked | do not reconnect with it |',
  async (w) => {
    const { relay, ended } = await w.start();
    const socket = await relay.socket();
    const { gatewayId } = relay;
    relay.forget();
    socket.event('relay.closing', { code: 4001, reason: 'rotated' });
    socket.socket.close(1000);
    await Promise.race([relay.until(() => relay.gatewayId !== gatewayId), ended]);
    holds(relay.handshakesAtMs.length <= 3, `${relay.handshakesAtMs.length} handshakes`);
  },
);
it(
  'replaced',
  "| 4008 | a newer socket of the same credential took this one's place | nothing: the newer one serves |",
  async (w) => {
    const { relay } = await w.start();
    await relay.socket();
    const replaceAll = async () => {
      for (let n = 0; ; n++) {
        const next = await relay.until(() => relay.sockets[n]);
        next.event('relay.closing', { code: 4008, reason: 'replaced' });
        next.socket.close(1000);
      }
    };
    void replaceAll();
    await pause(1_500);
    holds(
      relay.handshakesAtMs.length <= 2,
      `${relay.handshakesAtMs.length} handshakes within 1.5 s: two processes would drive each other out`,
    );
  },
);

section('What a runtime still owes');

it('owed-is-done', 'A runtime that comes back asks `relay.pending` and,', async (w) => {
  const { relay } = await w.start();
  const first = await relay.socket();
  relay.owed = [commandFrame('rpc_owed', 'echo', { owed: true })];
  first.socket.terminate();
  equal(resultOf(await replyTo(relay, 'rpc_owed')), { owed: true }, 'the result of what was owed');
});
it('held-is-not-run-again', 'a command that it holds already is in the list as well.', async (w) => {
  const { relay } = await w.start();
  const first = await relay.socket();
  first.command('count', { to: 4 }, { id: 'rpc_held' });
  await relay.until(() => first.steps('rpc_held').length > 0);
  relay.owed = [commandFrame('rpc_held', 'count', { to: 4 })];
  first.socket.terminate();
  equal(resultOf(await replyTo(relay, 'rpc_held')), { counted: 4 }, 'the result');
  const told = relay.sockets.map((socket) => socket.steps('rpc_held').map(({ seq }) => seq));
  equal([...new Set(told.flat())].sort(), [0, 1, 2, 3], 'the steps, some of which may be told again');
  // Were it run a second time, its steps would come among those of the first.
  for (const seqs of told) holds(isRising(seqs), `one socket was told the steps ${seqs}`);
});
