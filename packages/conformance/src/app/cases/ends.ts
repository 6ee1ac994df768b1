/** Calls that have ended: the caller decides, and the App repeats none that may have run. */
import { suiteOf } from '../../harness/case';
import { fits, holds } from '../../harness/expect';
import { problemOf } from '../double/refusals';
import { type AppWorld, ranOnce } from '../world';

const { cases, section, it } = suiteOf<AppWorld>('retries');
export const ends = cases;

section('The states of a call');

/** How calls end that the caller decides about: the rows of the table. */
const rows = [
  [
    'offline-posted',
    'runtime_offline',
    'offline',
    '| `offline` | a waiter or a guard: the command was posted to a socket that was gone (a 410), and none came within the grace | 503 `runtime_offline` | `new-id` | gives it |',
  ],
  [
    'disconnected',
    'runtime_disconnected',
    'disconnected',
    '| `disconnected` | a waiter or a guard: the runtime left after the command and stayed away for the grace | 502 `runtime_disconnected` | `new-id` | gives it |',
  ],
  [
    'timed-out',
    'rpc_timeout',
    'timed-out',
    '| `timed-out` | a waiter or a guard at the deadline, or any reader after it | 504 `rpc_timeout` | `new-id` | gives it |',
  ],
] as const;
for (const [id, code, outcome, row] of rows)
  for (const way of ['socket', 'http'] as const)
    it(`${id}-by-${way}`, row, async (w) => {
      const home = way === 'http' ? await w.byHttp() : await w.onSocket();
      const asked = home.call('wait');
      const call = await home.server.calls.of('wait');
      call.endWith({ problem: problemOf(code, { id: call.id, outcome, retry: 'new-id' }) });
      fits(await asked.error(), { code, retry: 'new-id' });
      await home.call('echo', 1).result();
      ranOnce(home, 'wait');
    });
it(
  'offline-same-id',
  '| `offline`, posted to nobody | a waiter or a guard: no socket came within the grace | 503 `runtime_offline` | `same-id` | may repeat it under the same id: the call is opened anew, once |',
  async (w) => {
    const home = await w.byHttp();
    const asked = home.call('wait');
    const call = await home.server.calls.of('wait');
    const offline = problemOf('runtime_offline', { id: call.id, outcome: 'offline', retry: 'same-id' });
    call.endWith({ problem: offline });
    // Whoever repeats it by itself has one more try.
    void home.server.until(() => call.runs > 1).then(() => call.endWith({ problem: offline }));
    fits(await asked.error(), { code: 'runtime_offline', retry: 'same-id' });
    holds(home.server.calls.all.length === 1 && call.runs <= 2, `it was sent ${call.runs} times`);
  },
);
it(
  'too-large',
  '| `too-large` | a reply over 4 MiB on the replies route | 413 `payload_too_large`, `limitBytes` | | gives it |',
  async (w) => {
    const home = await w.byHttp();
    const asked = home.call('wait');
    const call = await home.server.calls.of('wait');
    const how = { id: call.id, outcome: 'too-large', limitBytes: 4_194_304 };
    call.endWith({ problem: problemOf('payload_too_large', how) });
    fits(await asked.error(), { code: 'payload_too_large', limitBytes: 4_194_304 });
    ranOnce(home, 'wait');
  },
);
