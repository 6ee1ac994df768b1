/** What a runtime still owes. */
import { suiteOf } from '../../harness/case';
import { equal, fits } from '../../harness/expect';
import { answers, silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('relay');
export const owed = cases;

section('What a runtime still owes');

it(
  'pending-commands',
  'gets the commands of its calls that are unanswered and before their deadline, under the ids they were sent with.',
  async (w) => {
    const { gateway, app, runtime } = await w.household(({ method }) => (method === 'done' ? 1 : undefined));
    await w.call(app, { method: 'done' });
    const owed = w.call(app, { method: 'small', params: { a: 1 }, timeoutMs: 20_000 });
    const command = await runtime.command('small');
    runtime.socket.terminate();
    const second = await w.runtime(gateway, silent);
    let calls = [];
    while (calls.length === 0) calls = (await second.ask('relay.pending', {})).result.calls;
    equal(calls, [command], 'what is owed');
    second.reply(command.id, 'after all');
    fits(await owed, { body: { result: 'after all' } });
    fits(await second.ask('relay.pending', {}), { result: { calls: [] } });
  },
);
it('pending-holds-all', 'a command that it holds already is in the list as well.', async (w) => {
  const { app, runtime } = await w.household(silent);
  const waiting = w.call(app, { method: 'm', timeoutMs: 20_000 });
  const { id } = await runtime.command();
  let calls = [];
  while (calls.length === 0) calls = (await runtime.ask('relay.pending', {})).result.calls;
  fits(calls, [{ id, method: 'm' }]);
  runtime.reply(id, 1);
  await waiting;
});
it('posted-once', 'It must take each id once:', async (w) => {
  const { app, runtime } = await w.household(answers);
  const body = { method: 'echo', params: { once: true }, id: 'once' };
  await Promise.all(Array.from({ length: 10 }, () => w.call(app, body)));
  equal(runtime.commands().length, 1, 'commands under one id');
});
it('cancel-event', '`relay.cancel` (`params.id`) says that nobody wants the answer any more.', async (w) => {
  const { app, runtime } = await w.household(silent);
  const answer = w.call(app, { method: 'm', id: 'halt' });
  const { id } = await runtime.command();
  await w.cancel(app, 'halt');
  equal(
    await runtime.frame({ event: 'relay.cancel' }),
    { jsonrpc: '2.0', type: 'event', event: 'relay.cancel', method: 'relay.cancel', params: { id } },
    'the event',
  );
  await answer;
});

section('WebSocket `/relay`');

it(
  'pending-answer',
  '| request `relay.pending` | answered `{ calls: [commands still owed], next? }`; `next` goes into `params.after` |',
  async (w) => {
    const runtime = await w.runtime(await w.register());
    fits(await runtime.ask('relay.pending', {}), { ok: true, result: { calls: [] } });
    fits(await runtime.ask('relay.pending', { after: 'nonsense' }), { type: 'res' });
  },
);
it(
  'pending-all',
  'answered `{ calls: [commands still owed], next? }`; `next` goes into `params.after` |',
  async (w) => {
    const { app, runtime } = await w.household(silent);
    const waiting = Array.from({ length: 5 }, (_, n) =>
      w.call(app, { method: 'm', params: 'p'.repeat(20_000), id: `n${n}`, timeoutMs: 20_000 }),
    );
    while (runtime.commands().length < 5) await runtime.settled();
    const sent = runtime.commands().map(({ id }) => id);
    const owed = new Set<string>();
    while (owed.size < 5) {
      for (let after: string | undefined; ; ) {
        const { result } = await runtime.ask('relay.pending', after === undefined ? {} : { after });
        for (const { id } of result.calls) owed.add(id);
        after = result.next;
        if (after === undefined) break;
      }
    }
    equal([...owed].sort(), [...sent].sort(), 'what is owed');
    for (const id of sent) runtime.reply(id, 1);
    await Promise.all(waiting);
  },
);
