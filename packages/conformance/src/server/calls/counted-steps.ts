/** An answer that counts the steps before it, and comes first all the same. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { Peer } from '../../wire/peer';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const countedSteps = cases;

section('A streamed call');

/** The frames of one socket, in the worst order that side by side can mean. */
function answerFirst(runtime: Peer, id: string, more: object): void {
  runtime.send({ jsonrpc: '2.0', id, ...more, meta: { steps: 3 } });
  for (const seq of [2, 0, 1]) runtime.step(id, seq, seq);
}

it(
  'stream-counted-steps',
  'One that counts them, `meta: { "steps": 3 }` beside its `result` or `error`, is told after them:',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    for (const more of [{ result: 'whole' }, { error: { code: 'E_KIT', message: 'no' } }]) {
      const method = w.name();
      const stream = await w.follow(app, { method });
      answerFirst(runtime, (await runtime.command(method)).id, more);
      fits(await stream.last(), { data: more });
      equal(stream.seqs(), [0, 1, 2], 'the steps');
    }
  },
  {
    also: [
      [
        'A streamed call',
        'Frames are handled side by side, so an answer may overtake the steps that were sent before it.',
      ],
      [
        'WebSocket `/relay`',
        '| `meta: { "steps": 3 }` in a reply | it was sent after so many steps of progress, which are told before it |',
      ],
    ],
  },
);
it(
  'socket-counted-steps',
  'One that counts them, `meta: { "steps": 3 }` beside its `result` or `error`, is told after them:',
  async (w) => {
    const house = await w.household(silent);
    const socket = await w.appSocket(house);
    socket.send({ jsonrpc: '2.0', id: 'counted', method: 'm' });
    answerFirst(house.runtime, (await house.runtime.command()).id, { result: 'whole' });
    fits(await socket.frame({ id: 'counted' }), { result: 'whole' });
    const told = socket.frames.map(({ event, params }) =>
      event === 'relay.progress' ? params.seq : 'answer',
    );
    equal(told, [0, 1, 2, 'answer'], 'what was told');
  },
);
it(
  'stream-missing-steps',
  'those that are on their way are waited for, three seconds at most.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm' });
    const { id } = await runtime.command();
    const sinceMs = Date.now();
    runtime.send({ jsonrpc: '2.0', id, result: 'done', meta: { steps: 4_000 } });
    fits(await stream.last(), { data: { result: 'done' } });
    holds(Date.now() - sinceMs < 8_000, `the answer took ${Date.now() - sinceMs} ms`);
  },
  { waitsMs: 3_000 },
);
