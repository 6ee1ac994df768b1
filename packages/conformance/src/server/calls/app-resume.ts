/** An App on a socket that goes on with calls of another socket. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import type { Frame, Peer } from '../../wire/peer';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const appResume = cases;

/** A running call of a socket that has gone, and a new socket. */
async function moved(w: ServerWorld, steps: number) {
  const house = await w.household(silent);
  const first = await w.appSocket(house);
  first.send({ jsonrpc: '2.0', id: 1, method: 'm', meta: { id: 'moved', timeoutMs: 60_000 } });
  const { id } = await house.runtime.command('m');
  for (let seq = 0; seq < steps; seq++) house.runtime.step(id, seq, `step ${seq}`);
  if (steps > 0) await first.frame({ event: 'relay.progress', params: { seq: steps - 1 } });
  await first.close();
  return { ...house, rpcId: id, socket: await w.appSocket(house) };
}
const seqsOf = (socket: Peer, id: string) =>
  socket.frames
    .filter((frame: Frame) => frame.event === 'relay.progress' && frame.params.id === id)
    .map(({ params }: Frame) => params.seq);

section('An App on a socket');

it(
  'resume',
  '**`relay.resume`** `{ calls?: [{ id, afterSeq? }] }`: go on with calls on this socket, by their own ids;',
  async (w) => {
    const { socket, runtime, rpcId } = await moved(w, 3);
    const { result } = await socket.ask('relay.resume', { calls: [{ id: 'moved', afterSeq: 0 }] });
    equal(result, { calls: [{ id: 'moved', status: 'running' }] }, 'what a resume is answered');
    await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 2 } });
    runtime.reply(rpcId, 'whole');
    fits(await socket.frame({ id: 'moved', type: 'res' }), { ok: true, result: 'whole' });
    equal(seqsOf(socket, 'moved'), [1, 2], 'the steps after `afterSeq`');
  },
);
it('resume-all', 'without `calls`, with all that run, from their beginning.', async (w) => {
  const { socket, runtime, rpcId } = await moved(w, 2);
  let calls: Frame[] = [];
  while (calls.length === 0) calls = (await socket.ask('relay.resume', {})).result.calls;
  equal(calls, [{ id: 'moved', status: 'running' }], 'what runs');
  await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 1 } });
  runtime.reply(rpcId, 'whole');
  await socket.frame({ id: 'moved', type: 'res' });
  equal([...new Set(seqsOf(socket, 'moved'))], [0, 1], 'the steps');
});
it(
  'resume-statuses',
  'It is answered `{ calls: [{ id, status: "running" | "ended" | "unknown" }] }`.',
  async (w) => {
    const { socket, runtime, rpcId } = await moved(w, 0);
    const statuses = async () =>
      (await socket.ask('relay.resume', { calls: [{ id: 'moved' }, { id: 'never' }] })).result.calls;
    equal(
      await statuses(),
      [
        { id: 'moved', status: 'running' },
        { id: 'never', status: 'unknown' },
      ],
      'the statuses',
    );
    runtime.reply(rpcId, 1);
    await socket.frame({ id: 'moved', type: 'res' });
    equal((await statuses())[0], { id: 'moved', status: 'ended' }, 'the status of a call that has ended');
  },
);
it(
  'resume-ended',
  "Then come, under the call's own id, the progress after `afterSeq`, and the answer: at once where the call has ended, else when it does.",
  async (w) => {
    const { socket, runtime, rpcId, gateway, app } = await moved(w, 2);
    runtime.reply(rpcId, 'over');
    await runtime.settled();
    for (let status = 202; status === 202; ) status = (await w.look(app, 'moved')).status;
    fits((await socket.ask('relay.resume', { calls: [{ id: 'moved' }] })).result, {
      calls: [{ status: 'ended' }],
    });
    fits(await socket.frame({ id: 'moved', type: 'res' }), {
      ok: true,
      result: 'over',
      meta: { id: 'moved', outcome: 'answered' },
    });
    equal(seqsOf(socket, 'moved'), [0, 1], `the steps of ${gateway.gatewayId}`);
  },
);
it('resume-both', 'The socket that asked first is told as well, if it is still there.', async (w) => {
  const house = await w.household(silent);
  const [first, second] = [await w.appSocket(house), await w.appSocket(house)];
  const answer = w.onSocket(first, 1, 'm', { meta: { id: 'both' } });
  const { id } = await house.runtime.command();
  await second.ask('relay.resume', { calls: [{ id: 'both' }] });
  house.runtime.reply(id, 'for both');
  fits(await answer, { result: 'for both' });
  fits(await second.frame({ id: 'both', type: 'res' }), { result: 'for both' });
});
it(
  'socket-steps-in-order',
  'Progress comes in the order of `seq`, all of it before the answer, each step once unless a function died in between or the runtime answered twice:',
  async (w) => {
    const house = await w.household(silent);
    const socket = await w.appSocket(house);
    const answer = w.onSocket(socket, 7, 'm');
    const { id } = await house.runtime.command();
    for (let seq = 0; seq < 10; seq++) house.runtime.step(id, seq, seq);
    await socket.frame({ event: 'relay.progress', params: { seq: 9 } });
    house.runtime.reply(id, 'end');
    await answer;
    const told = socket.frames.filter((frame: Frame) => frame.event === 'relay.progress' || frame.id === 7);
    equal(
      told.map(({ params }: Frame) => params?.seq ?? 'end'),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'end'],
      'the steps and the answer',
    );
  },
);
it('resume-repeats', 'What a new socket is given may repeat what the old one was.', async (w) => {
  const { socket, runtime, rpcId } = await moved(w, 3);
  await socket.ask('relay.resume', { calls: [{ id: 'moved' }] });
  await socket.frame({ event: 'relay.progress', params: { id: 'moved', seq: 2 } });
  runtime.reply(rpcId, 1);
  await socket.frame({ id: 'moved', type: 'res' });
  equal(seqsOf(socket, 'moved'), [0, 1, 2], 'the steps');
});
