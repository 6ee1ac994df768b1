/** What a runtime does with commands. */
import { suiteOf } from '../harness/case';
import { equal, fits, holds } from '../harness/expect';
import { commandFrame } from './relay-socket';
import { type RuntimeWorld, repliesTo, replyTo, resultOf } from './world';

const { cases, section, it } = suiteOf<RuntimeWorld>('commands');
export const calls = cases;
const reply =
  '| `{ "jsonrpc": "2.0", "id": "rpc_…", "result": … }` or `"error": { "code", "message", "data"? }` | the reply |';
const once = 'It must take each id once:';

section('WebSocket `/relay`');

const values: Array<[string, unknown]> = [
  ['object', { say: 'hello', deep: [1, { a: null }] }],
  ['null', null],
  ['zero', 0],
  ['fraction', -1.5],
  ['false', false],
  ['empty-text', ''],
  ['text', 'ü \u2028 😀 "quoted"'],
  ['empty-array', []],
  ['array', [1, 'two', null, { three: 3 }]],
  ['nested', [[[[[[]]]]]]],
  ['odd-names', JSON.parse('{"__proto__":1,"constructor":2,"then":3}')],
];
for (const [id, params] of values)
  it(`echo-${id}`, reply, async (w) =>
    equal(JSON.stringify(resultOf(await w.call('echo', params))), JSON.stringify(params), 'the result'),
  );

it('reply-id', reply, async (w) => {
  const { relay, socket } = await w.shared();
  const id = socket.command('echo', 1, { id: 'rpc_an-id_of-its_own' });
  const found = await replyTo(relay, id);
  fits(found, { id: (value) => value === id || found.requestId === id });
});
it(
  'reply-one-of-both',
  'any frame with `id` or `requestId` and one of `result`, `payload`, `error` | the same |',
  async (w) => {
    const good = await w.call('echo', 1);
    holds(!good.error, 'a reply has a result and an error');
    const bad = await w.call('kit.no-such-method');
    holds(bad.error && !('result' in bad) && !('payload' in bad), 'a reply with an error has a result');
  },
);
it('error-form', reply, async (w) => {
  fits(await w.call('kit.no-such-method'), {
    error: { code: (code) => ['string', 'number'].includes(typeof code), message: String },
  });
});
it('error-of-method', reply, async (w) => {
  fits(await w.call('count', { to: 0 }), {
    error: { code: (code) => ['string', 'number'].includes(typeof code), message: String },
  });
  equal(resultOf(await w.call('echo', 'on')), 'on', 'the call after it');
});
it('unknown-members', 'What the server sends is JSON-RPC 2.0 and carries', async (w) => {
  const { relay, socket } = await w.shared();
  socket.post('rpc_more', {
    ...commandFrame('rpc_more', 'echo', 2),
    somethingNew: { a: 1 },
    meta: { clientId: 'cl_kit', new: true },
  });
  equal(resultOf(await replyTo(relay, 'rpc_more')), 2, 'the result');
});
it('unknown-event', 'What the server sends is JSON-RPC 2.0 and carries', async (w) => {
  const { socket } = await w.shared();
  socket.event('relay.something-new', { a: 1 });
  equal(resultOf(await w.call('echo', 3)), 3, 'the result');
  holds(socket.isOpen, 'the socket was closed for an event that is new');
});
it('text-frames', 'Frames are text.', async (w) => {
  await w.call('echo', 1);
  const { socket } = await w.shared();
  holds(!socket.hasBinary, 'a frame was binary');
});
it(
  'many-at-once',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const { relay, socket } = await w.shared();
    const ids = Array.from({ length: 30 }, (_, n) => socket.command('echo', { n }));
    const found = await Promise.all(ids.map((id) => replyTo(relay, id)));
    equal(
      found.map(resultOf),
      ids.map((_, n) => ({ n })),
      'the results',
    );
  },
);
it(
  'long-blocks-none',
  'A reply counts from a socket of the gateway that the command went to, once, before its deadline.',
  async (w) => {
    const { relay, socket } = await w.shared();
    const long = socket.command('count', { to: 3 });
    equal(resultOf(await w.call('echo', 'quick')), 'quick', 'the result');
    equal(repliesTo(relay, long), [], 'replies of the long call');
    equal(resultOf(await replyTo(relay, long)), { counted: 3 }, 'the result of the long call');
  },
);
it(
  'progress-form',
  '| `{ "jsonrpc": "2.0", "method": "relay.progress", "params": { "id", "seq", "data" } }`, or `{ "type": "event", "event": "progress", "payload" }` | progress of a call |',
  async (w) => {
    const { relay, socket } = await w.shared();
    const id = socket.command('count', { to: 1 });
    await replyTo(relay, id);
    fits(socket.steps(id), [{ id, seq: Number, data: { n: 1 } }]);
  },
);

section('A streamed call');

it('progress-order', 'Progress is passed on in the order of `seq`, each once: 0 to 3,999,', async (w) => {
  const { relay, socket } = await w.shared();
  const id = socket.command('count', { to: 3 });
  await replyTo(relay, id);
  const seqs = socket.steps(id).map(({ seq }) => seq);
  equal(seqs, [0, 1, 2], 'the seq of each step');
});
it(
  'progress-before-reply',
  'Progress is passed on in the order of `seq`, each once: 0 to 3,999,',
  async (w) => {
    const { relay, socket } = await w.shared();
    const id = socket.command('count', { to: 2 });
    await replyTo(relay, id);
    const kinds = socket.frames
      .filter((frame) => frame?.id === id || (frame?.params ?? frame?.payload)?.id === id)
      .map((frame) => (frame.id === id ? 'reply' : 'step'));
    equal(kinds, ['step', 'step', 'reply'], 'the frames of a call');
  },
);
it('progress-of-each', 'Progress is passed on in the order of `seq`, each once: 0 to 3,999,', async (w) => {
  const { relay, socket } = await w.shared();
  const ids = [socket.command('count', { to: 2 }), socket.command('count', { to: 2 })];
  await Promise.all(ids.map((id) => replyTo(relay, id)));
  for (const id of ids)
    equal(
      socket.steps(id).map(({ seq }) => seq),
      [0, 1],
      'the seq of each step',
    );
});

section('What a runtime still owes');

it('once-twice', once, async (w) => {
  const { relay, socket } = await w.shared();
  const id = socket.command('count', { to: 2 });
  socket.command('count', { to: 2 }, { id });
  await replyTo(relay, id);
  await w.call('echo', 1);
  equal(
    socket.steps(id).map(({ seq }) => seq),
    [0, 1],
    'the steps of a command that came twice',
  );
});
it('once-after-reply', once, async (w) => {
  const { relay, socket } = await w.shared();
  const id = socket.command('count', { to: 1 });
  await replyTo(relay, id);
  socket.command('count', { to: 1 }, { id });
  await w.call('echo', 1);
  equal(socket.steps(id).length, 1, 'how often a command ran');
});
it('cancel', '`relay.cancel` (`params.id`) says that nobody wants the answer any more.', async (w) => {
  const { relay, socket } = await w.shared();
  const id = socket.command('count', { to: 5 });
  await relay.until(() => socket.steps(id).length > 0);
  socket.event('relay.cancel', { id });
  const other = socket.command('count', { to: 4 });
  await replyTo(relay, other);
  holds(socket.steps(id).length <= 2, `a cancelled call told ${socket.steps(id).length} steps`);
});
it(
  'cancel-unknown',
  '`relay.cancel` (`params.id`) says that nobody wants the answer any more.',
  async (w) => {
    const { socket } = await w.shared();
    socket.event('relay.cancel', { id: 'rpc_never' });
    equal(resultOf(await w.call('echo', 4)), 4, 'the result');
  },
);
