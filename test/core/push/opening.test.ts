/** Opening a call without a waiter, when something goes wrong in between: it never was, or it goes on; never both. */
import { cancelCall } from '../../../lambdas/core/call/end-call';
import { callKeyOf } from '../../../lambdas/core/call/states';
import { memoryWorld } from '../../support/memory/world';

/** A runtime and its App, whose sockets are a minute old. */
async function paired() {
  const relay = memoryWorld();
  const runtime = await relay.runtime();
  const app = await relay.app(runtime);
  await relay.guardsUntil(relay.clock.now() + 60_000);
  const ask = (id: unknown, more: object = {}) =>
    relay.frame(app.socket, { jsonrpc: '2.0', id, method: 'm', meta: { id: 'own' }, ...more });
  const answers = () => relay.framesTo(app.socket).filter(({ type }) => type === 'res');
  const commands = () => relay.framesTo(runtime.socket).filter(({ type }) => type === 'req');
  const pending = async () => {
    const { answer } = await relay.frame(runtime.socket, { id: 'q', method: 'relay.pending' });
    return JSON.parse(answer!).result.calls as Array<{ id: string }>;
  };
  const callKey = callKeyOf(runtime.gatewayId, app.clientId, 'own');
  return { relay, runtime, ask, answers, commands, pending, callKey };
}

test.each(['its guard', 'its place'])(
  'a call that fails to get %s never was, and the same id opens it',
  async (what) => {
    const { relay, runtime, ask, answers, commands, callKey } = await paired();
    if (what === 'its guard')
      jest.spyOn(relay.queue.guards, 'send').mockRejectedValueOnce(new Error('throttled'));
    else jest.spyOn(relay.clients, 'hold').mockRejectedValueOnce(new Error('throttled'));
    await ask(1);
    expect(answers()).toMatchObject([
      { id: 1, error: { data: { code: 'internal_error', retry: 'same-id' } } },
    ]);
    expect([commands(), await relay.calls.state(callKey, relay.clock.now())]).toEqual([[], undefined]);
    await ask(2);
    await relay.frame(runtime.socket, { id: commands()[0].id, result: 'now' });
    expect(answers().at(-1)).toMatchObject({ id: 2, result: 'now' });
  },
);

test('a call that its runtime asked for while it was opened is not taken back: it runs once, and ends', async () => {
  const { relay, runtime, ask, answers, commands, pending } = await paired();
  const { hold } = relay.clients;
  jest.spyOn(relay.clients, 'hold').mockImplementationOnce(async (...args) => {
    await hold(...args);
    const [owed] = await pending();
    await relay.frame(runtime.socket, { id: owed!.id, result: 'already' });
    throw new Error('throttled');
  });
  await ask(1);
  expect([commands(), answers()]).toMatchObject([[], [{ id: 1, result: 'already' }]]);
  await ask(2);
  expect([commands(), answers().at(-1)]).toMatchObject([[], { id: 2, result: 'already' }]);
});

test('a call that is delivered late by two at a time is posted once, though to the same socket', async () => {
  const { relay, runtime, ask } = await paired();
  await relay.closeSocket(runtime.socket);
  await ask(1);
  const back = await relay.socketOf(runtime.gatewayId);
  await relay.clock.sleep(10_000);
  const came = { kind: 'came', gatewayId: runtime.gatewayId } as const;
  await Promise.all([relay.heed(came), relay.heed(came), relay.heed(came)]);
  const posted = relay.framesTo(back).filter(({ type }) => type === 'req');
  expect(posted).toHaveLength(1);
});

test('cancelling a call that was taken back finds none, and one that was opened again meanwhile is cancelled', async () => {
  const { relay, ask, answers, callKey } = await paired();
  await ask(1);
  const seen = (await relay.calls.state(callKey, relay.clock.now()))!;
  await relay.calls.discard(seen);
  await expect(cancelCall(relay, seen)).rejects.toMatchObject({ code: 'not_found' });
  await ask(2);
  expect(await cancelCall(relay, seen)).toMatchObject({ outcome: 'cancelled' });
  expect(answers()).toMatchObject([{ id: 2, error: { code: 'cancelled' } }]);
});

test('who joins a call that is taken back at that moment opens it', async () => {
  const { relay, runtime, ask, answers, commands } = await paired();
  await ask(1);
  const listen = relay.calls.listen;
  jest.spyOn(relay.calls, 'listen').mockImplementationOnce(async (ref, to, nowMs) => {
    await relay.calls.discard(ref);
    return await listen(ref, to, nowMs);
  });
  await ask(2);
  expect(commands()).toHaveLength(2);
  await relay.frame(runtime.socket, { id: commands()[1].id, result: 'of the second' });
  expect(answers()).toMatchObject([{ id: 2, result: 'of the second' }]);
});

test('a guard that fails when the command has left: the App is told to ask again, joins, and sends another', async () => {
  const { relay, runtime, ask, answers, commands } = await paired();
  jest.spyOn(relay.queue.guards, 'send').mockImplementationOnce(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('throttled');
  });
  await ask(1);
  expect([commands(), answers()]).toMatchObject([
    [{ type: 'req' }],
    [{ id: 1, error: { data: { code: 'internal_error', retry: 'same-id' } } }],
  ]);
  await ask(2);
  expect(commands()).toHaveLength(1);
  const guarded = relay.queue.waiting.map(({ guard }) =>
    'nonce' in guard ? guard.callKey + guard.nonce : '',
  );
  expect(guarded.filter((name) => `rpc_${name}` === commands()[0].id)).toHaveLength(1);
  await relay.frame(runtime.socket, { id: commands()[0].id, result: 'done' });
  expect(answers().at(-1)).toMatchObject({ id: 2, result: 'done' });
});

test('an end whose write was done although it failed is told all the same', async () => {
  const { relay, runtime, ask, answers, commands } = await paired();
  await ask(1);
  const { end } = relay.stores.calls;
  jest.spyOn(relay.stores.calls, 'end').mockImplementationOnce(async (...args) => {
    await end(...args);
    throw new Error('the answer was lost');
  });
  const reply = { id: commands()[0].id, result: 'done' };
  await relay.frame(runtime.socket, reply).catch(() => {});
  await relay.clock.sleep(100);
  expect(await relay.frame(runtime.socket, reply)).toEqual({ reply: 'already-ended' });
  expect(answers()).toEqual([]);
  await relay.guardsUntil(relay.clock.now() + 3_000);
  expect(answers()).toMatchObject([{ id: 1, result: 'done' }]);
});

test('a guard of sockets that cannot be closed comes again until they are', async () => {
  let fails = 2;
  const relay = memoryWorld(undefined, (_, verb) => (verb === 'close' && fails-- > 0 ? 'unclear' : 'open'));
  const guard = { kind: 'close', sockets: ['one', 'two'] } as const;
  await expect(relay.heed({ ...guard, sockets: [...guard.sockets] })).rejects.toThrow('could not be closed');
  await relay.heed({ ...guard, sockets: [...guard.sockets] });
  expect(relay.closed.sort()).toEqual(['one', 'two']);
});
