/** What is too large for a frame goes by HTTP, whole, to whoever may have it. */

import { randomBytes } from 'node:crypto';
import { redeem, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';
import { callBy, hangUp, ways } from '../../support/ways';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(async () => {
  await hangUp();
  await relay.stop();
});

const text = (bytes: number) => randomBytes(bytes / 2).toString('hex');

async function pair(features: string[] = []) {
  const paired = await household(relay.url);
  await paired.runtime.ask('relay.hello', { features });
  const reply = (id: string, body: unknown, credential = paired.registered.relaySecret) =>
    request(relay.url, `POST /api/relay/replies/${id}`, { credential, body });
  return { ...paired, reply };
}

// By HTTP the kit says the same (test/packages/conformance), but for sealed replies.
describe('by socket', () => {
  const way = 'socket';
  test.each([50_000, 4_150_000])(
    'a reply of %i bytes arrives whole, and can be asked for again',
    async (bytes) => {
      const { runtime, app, reply } = await pair();
      const result = text(bytes);
      const answer = callBy(way, relay.url, app, { method: 'm', id: 'big' });
      const { id } = await runtime.command();
      expect((await reply(id, { jsonrpc: '2.0', id, result })).status).toBe(202);
      expect((await answer).body.result === result).toBe(true);
      const again = await request(relay.url, 'GET /api/relay/rpc/big', { credential: app.clientToken });
      expect([again.status, again.body.result === result]).toEqual([200, true]);
      await runtime.close();
    },
  );

  test('a reply over 4 MiB is refused to the runtime and ends the call', async () => {
    const { runtime, app, reply } = await pair();
    const answer = callBy(way, relay.url, app, { method: 'm' });
    const { id } = await runtime.command();
    const refused = await reply(id, { id, result: text(4 * 1024 * 1024 + 2) });
    expect([refused.status, refused.body.code, refused.body.limitBytes]).toEqual([
      413,
      'payload_too_large',
      4_194_304,
    ]);
    const { status, body } = await answer;
    expect([status, body.code, body.outcome, body.limitBytes]).toEqual([
      413,
      'payload_too_large',
      'too-large',
      4_194_304,
    ]);
    await runtime.close();
  });

  test.each(ways)(
    'by %s: a sealed reply may have the third more that base64 takes, and a plain one may not',
    async (way) => {
      const { runtime, app, reply } = await pair();
      for (const [method, result, status] of [
        ['sealed', { sealed: text(5_700_000) }, 202],
        ['plain', { sealed: text(5_700_000), more: 1 }, 413],
      ] as const) {
        const answer = callBy(way, relay.url, app, { method });
        const { id } = await runtime.command(method);
        expect((await reply(id, { id, result })).status).toBe(status);
        expect((await answer).status).toBe(status === 202 ? 200 : 413);
      }
      await runtime.close();
    },
  );

  test('a frame over 32 KiB costs the runtime its socket, and the call ends as disconnected', async () => {
    const { runtime, app } = await pair();
    const answer = callBy(way, relay.url, app, { method: 'm', timeoutMs: 2_000 });
    const { id } = await runtime.command();
    runtime.reply(id, text(40_000));
    expect(await runtime.closed).toBe(1009);
    expect((await answer).body.outcome).toBe('disconnected');
  });

  test('a reply by HTTP counts from the gateway of the command, once, and for its own id', async () => {
    const { runtime, app, reply } = await pair();
    const other = await pair();
    const answer = callBy(way, relay.url, app, { method: 'm' });
    const { id } = await runtime.command();
    const foreign = await other.reply(id, { result: 'stolen' });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
    const wrongId = await reply(id, { id: 'rpc_other', result: 1 });
    expect([wrongId.status, wrongId.body.errors[0].path]).toEqual([400, 'id']);
    expect((await reply(id, { method: 'x' })).status).toBe(400);
    expect((await reply(id, [1])).status).toBe(400);
    expect((await reply(id, { result: 1 }, app.clientToken)).status).toBe(401);
    expect((await reply(id, { result: { id: 'inner' } })).status).toBe(202);
    expect((await answer).body.result).toEqual({ id: 'inner' });
    expect((await reply(id, { result: 'again' })).status).toBe(404);
    await Promise.all([runtime.close(), other.runtime.close()]);
  });

  test('large params go by reference to a runtime that can fetch them', async () => {
    const { registered, runtime, app } = await pair(['params-by-reference']);
    // A message to a socket has 128 KiB at most.
    const params = { text: text(110_000) };
    const answer = callBy(way, relay.url, app, { method: 'm', params });
    const command = await runtime.command();
    expect(command.params).toBeUndefined();
    expect(command.meta.paramsUrl).toBe(`${relay.url}/api/relay/rpc/${command.id}/params`);
    const fetchParams = (credential: string) => request(command.meta.paramsUrl, 'GET ', { credential });
    const fetched = await fetchParams(registered.relaySecret);
    expect([fetched.status, fetched.body.text === params.text]).toEqual([200, true]);
    const stranger = await register(relay.url);
    expect((await fetchParams(stranger.relaySecret)).status).toBe(404);
    expect((await fetchParams(app.clientToken)).status).toBe(401);
    runtime.reply(command.id, 'got it');
    expect((await answer).body.result).toBe('got it');
    expect((await fetchParams(registered.relaySecret)).status).toBe(404);
    await runtime.close();
  });

  test('params up to a message go whole to a runtime that cannot fetch, larger ones are refused with the limit', async () => {
    const { runtime, app } = await pair();
    const params = text(120_000);
    const answer = callBy(way, relay.url, app, { method: 'm', params });
    const command = await runtime.command();
    expect(command.params).toBe(params);
    runtime.reply(command.id, 'whole');
    expect((await answer).body.result).toBe('whole');
    const { status, body } = await callBy(way, relay.url, app, { method: 'm', params: text(127_900) });
    expect([status, body.code, body.limitBytes]).toEqual([413, 'payload_too_large', 128_000]);
    await runtime.close();
  });

  test('a runtime without a hello is served as one that cannot fetch', async () => {
    const registered = await register(relay.url);
    const runtime = await TestRuntime.connect(registered, () => 'small');
    const app = await redeem(relay.url, registered.accessCode);
    const command = runtime.command();
    const answer = callBy(way, relay.url, app, { method: 'm', params: text(40_000) });
    expect((await command).meta.paramsUrl).toBeUndefined();
    expect((await answer).body.result).toBe('small');
    await runtime.close();
  });
});

test('sealed params may have the third more that base64 takes, and plain ones may not', async () => {
  const { runtime, app } = await pair(['params-by-reference']);
  const post = (params: object) =>
    request(relay.url, 'POST /api/relay/rpc', {
      credential: app.clientToken,
      body: { gatewayId: app.gatewayId, method: 'sealed', params },
    });
  const answer = post({ sealed: text(5_700_000) });
  const { id } = await runtime.command();
  runtime.reply(id, 'taken');
  expect((await answer).body.result).toBe('taken');
  for (const params of [{ sealed: text(5_700_000), more: 1 }, { other: text(4_200_000) }]) {
    const { status, body } = await post(params);
    expect([status, body.limitBytes]).toEqual([413, 4_194_304]);
  }
  await runtime.close();
});
