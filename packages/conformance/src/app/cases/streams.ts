/** Calls whose steps are wanted: each told once, in order, and gone on with where they were lost. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { problemOf } from '../double/refusals';
import { type AppWorld, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('streams');
export const streams = cases;
const resume =
  '**`relay.resume`** `{ calls?: [{ id, afterSeq? }] }`: go on with calls on this socket, by their own ids;';

section('A streamed call');

const stream = '`Accept: text/event-stream` on `POST /api/relay/rpc`:';
it('by-http', stream, async (w) => {
  const home = await w.byHttp();
  const asked = home.stream('count', { to: 3 });
  equal(await asked.result(), { counted: 3 }, 'the result');
  equal(asked.steps, [{ n: 1 }, { n: 2 }, { n: 3 }], 'the steps');
});
it('error-by-http', 'one `event: result` or `event: error` with the JSON of the plain call;', async (w) => {
  const home = await w.byHttp();
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  call.step('one');
  await asked.stepped(1);
  call.endWith({ problem: problemOf('runtime_disconnected', { id: call.id, retry: 'new-id' }) });
  fits(await asked.error(), { code: 'runtime_disconnected', retry: 'new-id' });
  ranOnce(home, 'wait');
});
it('as-they-come', 'each `event: progress` `{ id, seq, data }`, its `id:` the seq;', async (w) => {
  const home = await w.byHttp();
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  for (let n = 0; n < 3; n++) {
    call.step(n);
    equal(await asked.stepped(n + 1), [0, 1, 2].slice(0, n + 1), 'the steps so far');
  }
  call.answer('end');
  equal(await asked.result(), 'end', 'the result');
});
const lost =
  'A lost stream goes on with `GET /api/relay/rpc/{id}`, `Accept: text/event-stream` and `Last-Event-ID`.';
it('resumes-by-http', lost, async (w) => {
  const home = await w.byHttp({ cutAfterSeq: 1 });
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  call.step('a');
  call.step('b');
  const next = await home.server.until(() => home.server.to(/\/rpc(\/[^/]+)?$/)[1]);
  call.step('c');
  call.answer('end');
  equal(await asked.result(), 'end', 'the result');
  equal(asked.steps, ['a', 'b', 'c'], 'the steps');
  fits(next.headers, { accept: /text\/event-stream/, 'last-event-id': '1' }, 'how it went on');
  ranOnce(home, 'wait');
});
it('ended-meanwhile-by-http', lost, async (w) => {
  const home = await w.byHttp({ cutAfterSeq: 0 });
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  call.step('a');
  call.step('b');
  call.answer('end');
  equal(await asked.result(), 'end', 'the result');
  equal(asked.steps, ['a', 'b'], 'the steps');
  ranOnce(home, 'wait');
});

section('An App on a socket');

it('on-socket', "`relay.progress` events `{ id, seq, data }` carry the App's id,", async (w) => {
  const home = await w.onSocket();
  const asked = [home.stream('count', { to: 3 }), home.stream('count', { to: 2 })];
  equal(
    await Promise.all(asked.map((each) => each.result())),
    [{ counted: 3 }, { counted: 2 }],
    'the results',
  );
  equal(
    asked.map(({ steps }) => steps.length),
    [3, 2],
    'how many steps each was told',
  );
});
it('repeated-steps', 'a `seq` that is not above the last one is old.', async (w) => {
  const home = await w.onSocket();
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  call.step('a', 0);
  call.step('b', 1);
  call.step('a', 0);
  call.step('b', 1);
  call.step('c', 2);
  call.answer('end');
  await asked.result();
  equal(asked.steps, ['a', 'b', 'c'], 'the steps');
});
it('resumes', resume, async (w) => {
  const home = await w.onSocket();
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  call.step('a');
  await asked.stepped(1);
  (await home.server.socket()).socket.terminate();
  call.step('b');
  const after = await home.server.until(
    () =>
      home.server.sockets
        .flatMap((socket) => socket.asked('relay.resume'))
        .flatMap((frame) => frame.params?.calls ?? [])
        .find(({ id }) => id === call.id)?.afterSeq ??
      home.server.to(`GET /api/relay/rpc/${call.id}`)[0]?.headers['last-event-id'],
  );
  equal(Number(after), 0, 'the step after which it went on');
  call.step('c');
  call.answer('end');
  equal(await asked.result(), 'end', 'the result');
  equal(asked.steps, ['a', 'b', 'c'], 'the steps');
  ranOnce(home, 'wait');
});
it('resumes-many', resume, async (w) => {
  const home = await w.onSocket();
  const asked = Array.from({ length: 5 }, (_, n) => home.call('wait', n));
  await home.server.until(() => home.server.calls.all.length === 5);
  (await home.server.socket()).socket.terminate();
  await home.server.until(() => home.server.sockets.length >= 2);
  for (const call of home.server.calls.all) call.answer(call.params);
  equal(await Promise.all(asked.map((each) => each.result())), [0, 1, 2, 3, 4], 'the results');
  equal(home.server.calls.all.length, 5, 'calls that were opened');
});
it('ended-meanwhile', 'at once where the call has ended, else when it does.', async (w) => {
  const home = await w.onSocket();
  const asked = home.stream('wait');
  const call = await home.server.calls.of('wait');
  (await home.server.socket()).socket.terminate();
  call.step('a');
  call.answer('meanwhile');
  equal(await asked.result(), 'meanwhile', 'the result');
  equal(asked.steps, ['a'], 'the steps');
  ranOnce(home, 'wait');
});
it(
  'never-arrived',
  'It is answered `{ calls: [{ id, status: "running" | "ended" | "unknown" }] }`.',
  async (w) => {
    const home = await w.onSocket();
    let hasLost = false;
    home.server.weather.lostFrames = (frame) => {
      if (frame.method !== 'echo' || hasLost) return false;
      hasLost = true;
      for (const { socket } of home.server.sockets) socket.terminate();
      return true;
    };
    equal(await home.call('echo', 'in the end').result(), 'in the end', 'the result');
    ranOnce(home, 'echo');
  },
);
it(
  'hears-nothing',
  "An App that hears nothing by its deadline and a few seconds asks: `relay.resume` with the call's id, or `GET /api/relay/rpc/{id}`.",
  async (w) => {
    const home = await w.onSocket();
    const asked = home.call('wait', 1, { timeoutMs: 1_000 });
    const call = await home.server.calls.of('wait');
    call.endWith({ ok: true, result: 'nobody was told' }, { quietly: true });
    equal(await asked.result(), 'nobody was told', 'the result');
    ranOnce(home, 'wait');
  },
);
it('follows', resume, async (w) => {
  const home = await w.onSocket();
  home.stream('wait', 1, { id: 'followed', timeoutMs: 60_000 });
  const call = await home.server.calls.of('wait');
  call.step('a');
  call.step('b');
  await home.restart();
  await home.app.ask('open').result();
  const asked = home.app.ask('follow', { id: 'followed', afterSeq: 0 });
  await asked.stepped(1);
  call.step('c');
  call.answer('end');
  equal(await asked.result(), 'end', 'the result');
  equal(asked.steps, ['b', 'c'], 'the steps');
  ranOnce(home, 'wait');
});
it('follows-unknown', resume, async (w) => {
  const home = await w.paired();
  fits(await home.app.ask('follow', { id: 'nobody-called' }).error(), { code: 'not_found' });
  holds(home.server.calls.all.length === 0, 'a call was made of one that was only to be followed');
});
