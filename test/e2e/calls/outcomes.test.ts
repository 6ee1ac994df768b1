/** A call ends in one named outcome, whatever the runtime does, and is run once however often it is asked for. */

import { type Paired, redeem, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { echo, type OnCommand, TestRuntime } from '../../support/runtime';
import { callBy, hangUp, type Way, ways } from '../../support/ways';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(async () => {
  await hangUp();
  await relay.stop();
});

const pair = (onCommand?: OnCommand) => household(relay.url, onCommand);

const ask = (app: Paired, id: string) =>
  request(relay.url, `GET /api/relay/rpc/${id}`, { credential: app.clientToken });
const cancel = (app: Paired, id: string) =>
  request(relay.url, `POST /api/relay/rpc/${id}/cancel`, { credential: app.clientToken, body: {} });

async function pendingCall(app: Paired, id: string) {
  for (;;) {
    const { status, body } = await ask(app, id);
    if (status === 202) return body;
    if (status !== 404) throw new Error(`The call has ended: ${status}`);
  }
}

// By HTTP the kit says the same (test/packages/conformance), but for what no stranger can do to a server.
const way: Way = 'socket';

describe('what ends with its time', () => {
  test('timed-out: a silent runtime gives 504 that names the call and when to try again', async () => {
    const { runtime, app } = await pair();
    const { status, body, headers } = await callBy(way, relay.url, app, {
      method: 'm',
      id: 'silent',
      timeoutMs: 1000,
    });
    expect(status).toBe(504);
    expect(body).toMatchObject({
      code: 'rpc_timeout',
      outcome: 'timed-out',
      retryable: true,
      retry: 'new-id',
    });
    expect(body).toMatchObject({
      retryAfterMs: expect.any(Number),
      requestId: headers.get('x-request-id'),
    });
    expect((await ask(app, 'silent')).body).toMatchObject({ outcome: 'timed-out', id: 'silent' });
    await runtime.close();
  });

  test('disconnected: a runtime that dies right after the command gives 502 when the time to come back is over', async () => {
    const { runtime, app } = await pair((_, self) => void self.socket.terminate());
    const { status, body } = await callBy(way, relay.url, app, { method: 'm', timeoutMs: 2000 });
    expect([status, body.code, body.outcome]).toEqual([502, 'runtime_disconnected', 'disconnected']);
    await runtime.closed;
  });

  test('offline: no runtime gives 503', async () => {
    const { accessCode } = await register(relay.url);
    const app = await redeem(relay.url, accessCode);
    const { status, body } = await callBy(way, relay.url, app, { method: 'm', id: 'off', timeoutMs: 1000 });
    expect([status, body.outcome]).toEqual([503, 'offline']);
    expect((await ask(app, 'off')).status).toBe(503);
  });

  test('50 simultaneous retries of a call whose command never left open it anew, once', async () => {
    const registered = await register(relay.url);
    const app = await redeem(relay.url, registered.accessCode);
    const body = { method: 'echo', params: 'at last', id: 'unsent', timeoutMs: 1000 };
    const { status, body: problem } = await callBy(way, relay.url, app, body);
    expect([status, problem.outcome, problem.retry]).toEqual([503, 'offline', 'same-id']);
    const conflict = await callBy(way, relay.url, app, { ...body, params: 'other' });
    expect(conflict.body.code).toBe('idempotency_conflict');
    const runtime = await TestRuntime.connect(registered, echo);
    const retries = Array.from({ length: 50 }, () =>
      callBy(way, relay.url, app, { ...body, timeoutMs: 20_000 }),
    );
    for (const retry of await Promise.all(retries)) expect(retry.body.result).toBe('at last');
    expect(runtime.frames.filter((frame) => frame.type === 'req')).toHaveLength(1);
    await runtime.close();
  });

  test('a call whose command may have run is given its end again, and says that only a new id can do more', async () => {
    const { runtime, app } = await pair((_, self) => void self.socket.terminate());
    const body = { method: 'm', id: 'ran', timeoutMs: 1000 };
    const first = await callBy(way, relay.url, app, body);
    expect([first.status, first.body.retry]).toEqual([502, 'new-id']);
    await runtime.closed;
    const { requestId: _, ...again } = (await callBy(way, relay.url, app, body)).body;
    expect(first.body).toMatchObject(again);
  });

  test('an answer after the deadline changes nothing', async () => {
    const { runtime, app } = await pair();
    await callBy(way, relay.url, app, { method: 'm', id: 'late', timeoutMs: 1000 });
    runtime.reply((await runtime.command()).id, 'late');
    await runtime.ask('relay.ping');
    expect((await ask(app, 'late')).status).toBe(504);
    await runtime.close();
  });
});

describe('by socket', () => {
  describe('one named outcome', () => {
    test('answered: 200 with the result, and the outcome in a header', async () => {
      const { runtime, app } = await pair(echo);
      const answer = await callBy(way, relay.url, app, { method: 'echo', params: [1] });
      expect([answer.status, answer.headers.get('x-call-outcome')]).toEqual([200, 'answered']);
      await runtime.close();
    });
    test('a result that is null is a result', async () => {
      const { runtime, app } = await pair((command, self) => self.reply(command.id, null));
      const { status, body } = await callBy(way, relay.url, app, { method: 'nothing' });
      expect([status, body.ok, body.result]).toEqual([200, true, null]);
      await runtime.close();
    });
    test('cancelled: the runtime is told, the caller gets its answer, and a reply after it does not count', async () => {
      const { runtime, app } = await pair();
      const answer = callBy(way, relay.url, app, { method: 'long', id: 'stop-me' });
      const command = await runtime.command('long');
      const accepted = await cancel(app, 'stop-me');
      expect([accepted.status, accepted.body]).toEqual([202, { id: 'stop-me', outcome: 'cancelled' }]);
      const notice = await runtime.frame((frame) => frame.event === 'relay.cancel');
      expect(notice).toEqual({
        jsonrpc: '2.0',
        type: 'event',
        event: 'relay.cancel',
        method: 'relay.cancel',
        params: { id: command.id },
      });
      const { status, body } = await answer;
      expect([status, body.ok, body.error.code]).toEqual([200, false, 'cancelled']);
      runtime.reply(command.id, 'too late');
      await runtime.ask('relay.ping');
      expect((await ask(app, 'stop-me')).body.error.code).toBe('cancelled');
      expect((await cancel(app, 'stop-me')).status).toBe(202);
      await runtime.close();
    });
    test('cancelling a call that has its answer changes nothing', async () => {
      const { runtime, app } = await pair(echo);
      await callBy(way, relay.url, app, { method: 'echo', params: 'kept', id: 'done' });
      expect((await cancel(app, 'done')).body).toEqual({ id: 'done', outcome: 'answered' });
      expect((await ask(app, 'done')).body.result).toBe('kept');
      await runtime.close();
    });
    test('a call that waits for its runtime is cancelled at once, and no command ever leaves', async () => {
      const registered = await register(relay.url);
      const app = await redeem(relay.url, registered.accessCode);
      const answer = callBy(way, relay.url, app, { method: 'm', id: 'early' });
      await pendingCall(app, 'early');
      await cancel(app, 'early');
      expect((await answer).body.error.code).toBe('cancelled');
      const runtime = await TestRuntime.connect(registered);
      await runtime.ask('relay.ping');
      expect(runtime.frames.filter((frame) => frame.type === 'req')).toEqual([]);
      await runtime.close();
    });
  });

  describe('the same id', () => {
    test('50 simultaneous retries reach the runtime once and all get its answer', async () => {
      const { runtime, app } = await pair(echo);
      const body = { method: 'echo', params: { once: true }, id: 'fifty' };
      const answers = await Promise.all(Array.from({ length: 50 }, () => callBy(way, relay.url, app, body)));
      expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body.result])))).toEqual(
        new Set([JSON.stringify([200, { once: true }])]),
      );
      expect(runtime.frames.filter((frame) => frame.type === 'req')).toHaveLength(1);
      await runtime.close();
    });
    test('a retry gets the stored answer after the runtime has gone', async () => {
      const { runtime, app } = await pair(echo);
      const body = { method: 'echo', params: 7, id: 'again' };
      const first = await callBy(way, relay.url, app, body);
      await runtime.close();
      expect((await callBy(way, relay.url, app, body)).body).toEqual(first.body);
    });
    test('another method or other params are a conflict', async () => {
      const { runtime, app } = await pair(echo);
      await callBy(way, relay.url, app, { method: 'echo', params: 1, id: 'x' });
      for (const other of [
        { method: 'echo', params: 2 },
        { method: 'other', params: 1 },
      ]) {
        const { status, body } = await callBy(way, relay.url, app, { ...other, id: 'x' });
        expect([status, body.code]).toEqual([409, 'idempotency_conflict']);
      }
      await runtime.close();
    });
    test('of another client is another call', async () => {
      const { registered, runtime, app } = await pair(echo);
      const again = await request(relay.url, 'POST /api/relay/codes', {
        credential: registered.relaySecret,
        body: {},
      });
      const second = await redeem(relay.url, again.body.accessCode);
      await callBy(way, relay.url, app, { method: 'echo', params: 'mine', id: 'same' });
      expect(
        (await callBy(way, relay.url, second, { method: 'echo', params: 'yours', id: 'same' })).body.result,
      ).toBe('yours');
      expect((await ask(app, 'same')).body.result).toBe('mine');
      await runtime.close();
    });
    test('a call whose caller has gone is asked for later', async () => {
      const { runtime, app } = await pair();
      const controller = new AbortController();
      const gone = callBy(
        way,
        relay.url,
        app,
        { method: 'm', id: 'left' },
        { signal: controller.signal },
      ).catch(() => 'gone');
      const { id } = await runtime.command();
      controller.abort();
      expect(await gone).toBe('gone');
      expect(await ask(app, 'left')).toMatchObject({ status: 202, body: { id: 'left', status: 'pending' } });
      runtime.reply(id, 'for later');
      await runtime.ask('relay.ping');
      expect((await ask(app, 'left')).body.result).toBe('for later');
      await runtime.close();
    });
    test.each(ways)('by %s: a call whose function has died ends for whoever joins it', async (way) => {
      const { runtime, app } = await pair();
      const body = { method: 'm', id: 'orphan', timeoutMs: 20_000 };
      const first = callBy(way, relay.url, app, body).catch(() => undefined);
      const { id } = await runtime.command();
      await relay.host.functions.restart();
      const joined = callBy(way, relay.url, app, body);
      runtime.reply(id, 'not lost');
      expect((await joined).body.result).toBe('not lost');
      await first;
      expect(runtime.frames.filter((frame) => frame.type === 'req')).toHaveLength(1);
      await runtime.close();
    });
    test.each(ways)(
      'by %s: a call whose function has died reads as timed out past its deadline',
      async (way) => {
        const { runtime, app } = await pair();
        const body = { method: 'm', id: 'dead', timeoutMs: 1500 };
        const first = callBy(way, relay.url, app, body).catch(() => undefined);
        await runtime.command();
        await relay.host.functions.restart();
        const joined = await callBy(way, relay.url, app, body);
        expect([joined.status, joined.body.outcome]).toEqual([504, 'timed-out']);
        await first;
        await runtime.close();
      },
    );
  });

  describe('replies that do not count', () => {
    test('the second of two answers is dropped', async () => {
      const { runtime, app } = await pair((command, self) => {
        self.reply(command.id, 'first');
      });
      const first = await callBy(way, relay.url, app, { method: 'm', id: 'twice' });
      runtime.reply((await runtime.command()).id, 'second');
      await runtime.ask('relay.ping');
      expect([first.body.result, (await ask(app, 'twice')).body.result]).toEqual(['first', 'first']);
      await runtime.close();
    });
  });
});
