/** What is too large for a frame, from a runtime's side. */
import { suiteOf } from '../harness/case';
import { equal, fits, holds } from '../harness/expect';
import type { RelayDouble } from './relay-double';
import { type RuntimeWorld, repliesTo, replyTo, resultOf } from './world';

const { cases, section, it } = suiteOf<RuntimeWorld>('large');
export const large = cases;
const filled = (bytes: number) =>
  Array.from({ length: bytes / 8 }, () => Math.random().toString(16).slice(2, 10).padEnd(8, '0')).join('');

/** Sends a command whose params are fetched. */
async function byReference(relay: RelayDouble, params: unknown) {
  const id = `rpc_large${Math.random().toString(36).slice(2)}`;
  relay.params.set(id, params);
  const meta = { paramsUrl: `${relay.url}/api/relay/rpc/${id}/params` };
  (await relay.socket()).command('echo', undefined, { id, meta });
  return { id, reply: await replyTo(relay, id) };
}

section('Large payloads');

it(
  'declares',
  'A larger one names its params (`meta.paramsUrl`, fetched with the relay secret) where the runtime declared `params-by-reference` in its last `relay.hello`;',
  async (w) => {
    const { socket } = await w.shared();
    const isText = (value: unknown) => typeof value === 'string';
    const isList = (features: unknown) => Array.isArray(features) && features.every(isText);
    fits(socket.asked('relay.hello')[0], { params: { features: isList } }, 'what it says it can do');
  },
);
it('whole', 'to any other runtime it is posted whole up to 128,000 bytes,', async (w) => {
  const params = filled(20_000);
  holds(resultOf(await w.call('echo', params)) === params, 'the params did not come back whole');
});
it('reply-by-http', 'A reply above one frame (32 KiB) goes to `POST /api/relay/replies/{id}`.', async (w) => {
  const { relay, socket } = await w.shared();
  const params = filled(100_000);
  const id = socket.command('echo', params);
  holds(resultOf(await replyTo(relay, id)) === params, 'the reply did not come whole');
  const posted = relay.requests.find(({ route }) => route === `POST /api/relay/replies/${id}`);
  if (posted) equal(posted.credential === relay.relaySecret, true, 'the credential of the reply');
  holds(socket.largestBytes <= 131_072, `a message of ${socket.largestBytes} bytes`);
});
it(
  'params-fetched',
  '| `params-by-reference` | fetches params that are too large for a frame:',
  async (w) => {
    const params = { text: filled(300_000) };
    const { relay } = await w.shared();
    const { id, reply } = await byReference(relay, params);
    holds(JSON.stringify(resultOf(reply)) === JSON.stringify(params), 'the params did not come back whole');
    const fetched = relay.requests.find(({ route }) => route === `GET /api/relay/rpc/${id}/params`);
    equal(fetched?.credential === relay.relaySecret, true, 'the credential of the fetch');
  },
);
cases.at(-1)!.also = [["A runtime's connection", "`id` being the command's (`rpc_…`) |"]];
it(
  'largest',
  '| `POST /api/relay/replies/{id}` | relay secret | a reply frame, up to 4 MiB; its `id` may be left out |',
  async (w) => {
    const params = filled(4_000_000);
    const { reply } = await byReference((await w.shared()).relay, params);
    holds(resultOf(reply) === params, 'four megabytes did not come back whole');
  },
);
it('reply-again', 'a 429 or 500, repeats it under the same id: it joins.', async (w) => {
  const params = filled(200_000);
  const { relay } = await w.start({ failingReplies: 1 });
  const { id } = await byReference(relay, params);
  await relay.until(() => repliesTo(relay, id).length >= 2);
});
for (const each of cases) {
  if (each.id === 'large-params-fetched') each.section = "A runtime's connection";
  if (each.id === 'large-largest') each.section = 'Routes';
  if (each.id === 'large-reply-again') each.section = 'The states of a call';
}
