/** A call that is followed. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const streams = cases;

section('A streamed call');

it(
  'stream-events',
  '`Accept: text/event-stream` on `POST /api/relay/rpc`: `event: accepted` `{ id }`; each `event: progress` `{ id, seq, data }`, its `id:` the seq; one `event: result` or `event: error` with the JSON of the plain call; the end.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm', id: 'st' });
    fits(stream.headers, { 'content-type': /^text\/event-stream/ });
    equal((await stream.event('accepted')).data, { id: 'st' }, 'accepted');
    const { id } = await runtime.command();
    runtime.step(id, 0, 'one');
    equal(
      await stream.event('progress'),
      { event: 'progress', id: '0', data: { id: 'st', seq: 0, data: 'one' } },
      'a step',
    );
    runtime.reply(id, 'done');
    fits(await stream.last(), {
      event: 'result',
      data: { ok: true, id: 'st', result: 'done', durationMs: Number },
    });
  },
);
it(
  'stream-error',
  'one `event: result` or `event: error` with the JSON of the plain call; the end.',
  async (w) => {
    const { app } = await w.shared();
    fits(await (await w.follow(app, { method: 'fail' })).last(), {
      event: 'error',
      data: { ok: false, error: { code: 'E_KIT' } },
    });
    const late = await w.follow(app, { method: 'quiet', timeoutMs: 1_000 });
    fits(await late.last(), {
      event: 'error',
      data: { status: 504, code: 'rpc_timeout', outcome: 'timed-out' },
    });
  },
);
it(
  'stream-comment',
  'A comment comes at least every 15 s.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm', timeoutMs: 60_000 });
    await stream.event('accepted');
    const sinceMs = Date.now();
    await stream.event('comment');
    holds(Date.now() - sinceMs < 15_500, `the first comment came after ${Date.now() - sinceMs} ms`);
    runtime.reply((await runtime.command()).id, 1);
  },
  { waitsMs: 15_000 },
);
it(
  'stream-resumed',
  'A lost stream goes on with `GET /api/relay/rpc/{id}`, `Accept: text/event-stream` and `Last-Event-ID`.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const lost = await w.follow(app, { method: 'm', id: 'lost', timeoutMs: 60_000 });
    const { id } = await runtime.command();
    for (const seq of [0, 1, 2]) runtime.step(id, seq, seq);
    await lost.event('progress', ({ data }) => data.seq === 2);
    lost.drop();
    for (const seq of [3, 4]) runtime.step(id, seq, seq);
    const resumed = await w.resume(app, 'lost', 2);
    await resumed.event('progress', ({ data }) => data.seq === 4);
    runtime.step(id, 5, 5);
    await resumed.event('progress', ({ data }) => data.seq === 5);
    runtime.reply(id, 'whole');
    fits(await resumed.last(), { data: { result: 'whole' } });
    equal(resumed.seqs(), [3, 4, 5], 'the steps');
    const later = await w.resume(app, 'lost', 4);
    fits(await later.last(), { data: { result: 'whole' } });
    equal(later.seqs(), [5], 'the steps after the end');
  },
);
it(
  'stream-order',
  'Progress is passed on in the order of `seq`, each once: 0 to 3,999, `data` up to 8 KiB; what is beyond is dropped.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm' });
    const { id } = await runtime.command();
    for (const seq of [2, 0, 1, 1, 3, 0, 5, 4, 5]) runtime.step(id, seq, seq);
    await stream.event('progress', ({ data }) => data.seq === 5);
    runtime.reply(id, 1);
    await stream.last();
    equal(stream.seqs(), [0, 1, 2, 3, 4, 5], 'the steps');
  },
);
it(
  'stream-bounds',
  'Progress is passed on in the order of `seq`, each once: 0 to 3,999, `data` up to 8 KiB; what is beyond is dropped.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm' });
    const { id } = await runtime.command();
    runtime.step(id, 3_998, 'd'.repeat(8_000));
    await stream.event('progress');
    runtime.step(id, 4_000, 'beyond');
    runtime.step(id, 3_997, 'd'.repeat(8_300));
    await runtime.settled();
    runtime.step(id, 3_999, 'last');
    await stream.event('progress', ({ data }) => data.seq === 3_999);
    runtime.reply(id, 1);
    await stream.last();
    equal(stream.seqs(), [3_998, 3_999], 'the steps');
  },
  { also: [['Limits', '| progress of a call | `seq` 0 to 3,999, 8 KiB each | dropped |']] },
);
it(
  'stream-sealed-bounds',
  'Progress is passed on in the order of `seq`, each once: 0 to 3,999, `data` up to 8 KiB; what is beyond is dropped.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'sealed' });
    const { id } = await runtime.command();
    runtime.step(id, 0, { sealed: 'd'.repeat(12_200) });
    runtime.step(id, 1, { sealed: 'd'.repeat(12_300) });
    runtime.step(id, 2, { sealed: 'd'.repeat(9_000), more: 1 });
    runtime.step(id, 3, 'last');
    await stream.event('progress', ({ data }) => data.seq === 3);
    runtime.reply(id, 1);
    await stream.last();
    equal(stream.seqs(), [0, 3], 'the steps');
  },
  { also: [['Limits', '| progress whose `data` is `{ sealed }` alone | 12 KiB each | dropped |']] },
);
it(
  'stream-late-step',
  'one that comes later still is left out of the live stream and is there for whoever resumes.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm', id: 'behind' });
    const { id } = await runtime.command();
    runtime.step(id, 1, 1);
    await stream.event('progress');
    runtime.step(id, 0, 0);
    await runtime.settled();
    runtime.reply(id, 'end');
    await stream.last();
    equal(stream.seqs(), [1], 'the live steps');
    const resumed = await w.resume(app, 'behind');
    await resumed.last();
    equal(resumed.seqs(), [0, 1], 'the steps of whoever resumes');
  },
);
it(
  'stream-cancelled',
  'one `event: result` or `event: error` with the JSON of the plain call; the end.',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const stream = await w.follow(app, { method: 'm', id: 'halt', timeoutMs: 840_000 });
    const { id } = await runtime.command();
    await w.cancel(app, 'halt');
    fits(await stream.last(), { event: 'error', data: { ok: false, error: { code: 'cancelled' } } });
    fits(await runtime.frame({ event: 'relay.cancel' }), { params: { id } });
  },
);
it('stream-ended-steps', 'Progress is passed on in the order of `seq`, each once:', async (w) => {
  const { app, runtime } = await w.household(silent);
  const stream = await w.follow(app, { method: 'm', id: 'over' });
  const { id } = await runtime.command();
  runtime.reply(id, 1);
  await stream.last();
  runtime.step(id, 0, 'after the end');
  await runtime.settled();
  const resumed = await w.resume(app, 'over');
  await resumed.last();
  equal(resumed.seqs(), [], 'the steps after the end');
});
it('stream-unfollowed', 'A call that nobody streams keeps no progress.', async (w) => {
  const { app } = await w.household(({ id }, peer) => {
    peer.step(id, 0, 'unseen');
    peer.reply(id, 1);
  });
  await w.call(app, { method: 'm', id: 'plain' });
  const stream = await w.resume(app, 'plain');
  await stream.last();
  equal(stream.seqs(), [], 'the steps that were kept');
});
