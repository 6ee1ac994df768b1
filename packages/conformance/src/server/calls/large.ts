/** What is too large for a frame. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { silent } from '../household';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('calls');
export const large = cases;
const filled = (bytes: number) =>
  Array.from({ length: bytes / 8 }, () => Math.random().toString(16).slice(2, 10).padEnd(8, '0')).join('');

async function household(w: ServerWorld, features: string[] = []) {
  const house = await w.household(silent);
  await house.runtime.ask('relay.hello', { features });
  const reply = (id: string, body: unknown, credential = house.gateway.relaySecret) =>
    w.ask(`POST /api/relay/replies/${id}`, { credential, body });
  return { ...house, reply };
}

section('Large payloads');

it('command-whole', 'A command of up to 30,000 bytes is posted whole.', async (w) => {
  const { app, runtime } = await household(w, ['params-by-reference']);
  const params = filled(29_000);
  const answer = w.call(app, { method: 'm', params });
  const command = await runtime.command();
  holds(
    command.params === params && command.meta.paramsUrl === undefined,
    'the command was not posted whole',
  );
  runtime.reply(command.id, 1);
  await answer;
});
it(
  'command-by-reference',
  'A larger one names its params (`meta.paramsUrl`, fetched with the relay secret) where the runtime declared `params-by-reference` in its last `relay.hello`;',
  async (w) => {
    const { gateway, app, runtime } = await household(w, ['params-by-reference']);
    const params = { text: filled(4_150_000) };
    const answer = w.call(app, { method: 'm', params });
    const { id, params: posted, meta } = await runtime.command();
    equal(
      [posted, new URL(meta.paramsUrl).pathname.endsWith(`/api/relay/rpc/${id}/params`)],
      [undefined, true],
      'the command',
    );
    const fetched = await w.ask(`GET /api/relay/rpc/${id}/params`, { credential: gateway.relaySecret });
    holds(
      fetched.status === 200 && fetched.body.text === params.text,
      `the params did not come whole (${fetched.status})`,
    );
    runtime.reply(id, 'got it');
    fits(await answer, { body: { result: 'got it' } });
  },
  { also: [['Limits', '| a command | 30,000 bytes, then by reference, else 128,000 bytes | 413 |']] },
);
it(
  'command-long-whole',
  'to any other runtime it is posted whole up to 128,000 bytes, and refused with 413 above.',
  async (w) => {
    const { app, runtime } = await household(w);
    const params = filled(120_000);
    const answer = w.call(app, { method: 'm', params });
    const command = await runtime.command();
    holds(command.params === params, 'the params did not come whole');
    runtime.reply(command.id, 1);
    await answer;
    fits(await w.call(app, { method: 'm', params: filled(130_000) }), {
      status: 413,
      body: { code: 'payload_too_large', limitBytes: 128_000 },
    });
  },
  { also: [['Limits', '| a command | 30,000 bytes, then by reference, else 128,000 bytes | 413 |']] },
);
it('reply-by-http', 'A reply above one frame (32 KiB) goes to `POST /api/relay/replies/{id}`.', async (w) => {
  const { app, runtime, reply } = await household(w);
  const result = filled(600_000);
  const answer = w.call(app, { method: 'm', id: 'big' });
  const { id } = await runtime.command();
  fits(await reply(id, { jsonrpc: '2.0', id, result }), { status: 202, body: { id, outcome: 'accepted' } });
  holds((await answer).body.result === result, 'the reply did not come whole');
  holds((await w.look(app, 'big')).body.result === result, 'the reply was not kept whole');
});

section('Routes');

it(
  'replies-largest',
  '| `POST /api/relay/replies/{id}` | relay secret | a reply frame, up to 4 MiB; its `id` may be left out |',
  async (w) => {
    const { app, runtime, reply } = await household(w);
    const result = filled(4_150_000);
    const answer = w.call(app, { method: 'm', id: 'largest' });
    const { id } = await runtime.command();
    fits(await reply(id, { result }), { status: 202 });
    holds((await answer).body.result === result, 'the reply did not come whole');
    holds((await w.look(app, 'largest')).body.result === result, 'the reply was not kept whole');
  },
);
it(
  'replies-refused',
  '202 `{ id, outcome: "accepted" }`; 404 for an unknown, foreign, late or ended call; 413 ends the call |',
  async (w) => {
    const { app, runtime, reply } = await household(w);
    const stranger = await w.register();
    const answer = w.call(app, { method: 'm' });
    const { id } = await runtime.command();
    fits(
      await reply('rpc_unknown', { result: 1 }),
      { status: 404, body: { code: 'not_found' } },
      'an unknown call',
    );
    fits(await reply(id, { result: 'stolen' }, stranger.relaySecret), { status: 404 }, 'a foreign call');
    fits(
      await reply(id, { id: 'rpc_other', result: 1 }),
      { status: 400, body: { errors: [{ path: 'id' }] } },
      'another id',
    );
    fits(await reply(id, { method: 'x' }), { status: 400 }, 'no reply frame');
    fits(await reply(id, { result: 1 }, app.clientToken), { status: 401 }, "an App's token");
    fits(await reply(id, { result: 'right' }), { status: 202 });
    fits(await answer, { body: { result: 'right' } });
    fits(await reply(id, { result: 'again' }), { status: 404 }, 'an ended call');
  },
);
it(
  'params-route',
  '| `GET /api/relay/rpc/{id}/params` | relay secret | | 200, the params of a command, while its call runs |',
  async (w) => {
    const { gateway, app, runtime } = await household(w, ['params-by-reference']);
    const stranger = await w.register();
    const answer = w.call(app, { method: 'm', params: filled(40_000) });
    const { id } = await runtime.command();
    const take = (credential: string) => w.ask(`GET /api/relay/rpc/${id}/params`, { credential });
    fits(await take(gateway.relaySecret), { status: 200, body: String });
    fits(await take(stranger.relaySecret), { status: 404 });
    fits(await take(app.clientToken), { status: 401 });
    runtime.reply(id, 1);
    await answer;
    fits(await take(gateway.relaySecret), { status: 404 });
  },
);

section("A runtime's connection");

it(
  'feature-params',
  "| `params-by-reference` | fetches params that are too large for a frame: `GET /api/relay/rpc/{id}/params` with its secret, `id` being the command's (`rpc_…`) |",
  async (w) => {
    const { gateway, app, runtime } = await household(w, ['params-by-reference', 'something-new']);
    const answer = w.call(app, { method: 'm', params: filled(64_000) });
    const { id, meta } = await runtime.command();
    fits([id, meta], [/^rpc_/, { paramsUrl: /^https?:/ }]);
    fits(await w.ask(`GET /api/relay/rpc/${id}/params`, { credential: gateway.relaySecret }), {
      status: 200,
    });
    runtime.reply(id, 1);
    await answer;
  },
);
