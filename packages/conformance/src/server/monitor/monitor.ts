/** The live monitor: its pages, its history, who may look. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { needsToken } from '../needs';
import type { ServerWorld } from '../world';
import { type Event, page, told } from './watching';

const { cases, section, it } = suiteOf<ServerWorld>('monitor');
export const monitor = cases;

section('Monitor');

it('page', '| `GET /monitor` | none | | 200 HTML |', async (w) => {
  const { status, headers } = await w.ask('GET /monitor');
  fits(
    [status, headers],
    [200, { 'content-type': /^text\/html/, 'content-security-policy': /default-src 'none'/ }],
  );
});
it(
  'app-page',
  '| `GET /app`, `GET /app/{file}` | none | | 200 the web App, and what makes it installable; 404 with `app=false` |',
  async (w) => {
    const { status, headers } = await w.ask('GET /app');
    if (status !== 404) fits([status, headers], [200, { 'content-type': /^text\/html/ }]);
    fits(await w.ask('GET /app/no-such-file.js'), { status: 404 });
  },
);
it(
  'history',
  '| `GET /api/monitor/events` | registration token | `?limit=1..500&type=&gatewayId=&before=<id>` | 200 `{ events: [oldest … newest], nextBefore? }` |',
  async (w) => {
    const { gateway, app } = await w.household();
    await w.call(app, { method: 'echo' });
    const events = await told(w, gateway.gatewayId, 'relay.rpc.success');
    const ids = events.map(({ id }) => id);
    equal(ids, [...ids].sort(), 'the order of ids');
    for (const event of events) equal(event.gatewayId, gateway.gatewayId, 'whose event it is');
    fits(events.at(-1), { id: String, time: String, type: String });
  },
);
it('history-type', '`?limit=1..500&type=&gatewayId=&before=<id>`', async (w) => {
  const { gateway, app } = await w.household();
  await w.call(app, { method: 'echo' });
  await told(w, gateway.gatewayId, 'relay.rpc.success');
  const { events } = await page(w, `gatewayId=${gateway.gatewayId}&type=relay.rpc.success`);
  equal(
    events.map(({ type }: Event) => type),
    ['relay.rpc.success'],
    'the types',
  );
});
it('history-pages', '`?limit=1..500&type=&gatewayId=&before=<id>`', async (w) => {
  const { gateway, app } = await w.household();
  for (let n = 0; n < 3; n++) await w.call(app, { method: 'echo', params: n });
  const all = await told(w, gateway.gatewayId, 'relay.rpc.success', 3);
  const found: Event[] = [];
  for (let before: string | undefined = ''; before !== undefined; ) {
    const { events, nextBefore } = await page(
      w,
      `gatewayId=${gateway.gatewayId}&limit=3${before ? `&before=${before}` : ''}`,
    );
    holds(events.length <= 3, 'a page is longer than its limit');
    found.unshift(...events);
    before = nextBefore;
  }
  equal(
    found.filter(({ id }) => id <= all.at(-1).id).map(({ id }) => id),
    all.map(({ id }) => id),
    'the pages together',
  );
});
it('history-refusals', '`?limit=1..500&type=&gatewayId=&before=<id>`', async (w) => {
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'type=Relay', 'before=1'])
    fits(
      await w.ask(`GET /api/monitor/events?${query}`, { credential: w.server.token }),
      { status: 400, body: { errors: [{ path: query.split('=')[0]! }] } },
      query,
    );
});
for (const route of ['GET /api/monitor/events', 'GET /api/monitor/stream', 'POST /api/monitor/tickets'])
  it(
    `access-${route.split('/').at(-1)}`,
    `| \`${route}\` | registration token |`,
    async (w) => {
      for (const ask of [{}, { credential: 'a-wrong-token-of-24-chars' }])
        fits(await w.guess(route, ask), { status: 401, body: { code: 'unauthorized' } });
      fits(await w.guess(`${route}?token=${w.server.token}`), { status: 401 });
    },
    needsToken,
  );
