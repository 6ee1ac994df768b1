import fc from 'fast-check';
import {
  batchIds,
  isEventId,
  makeBatch,
  packBatch,
  timeOfId,
  unpackBatch,
} from '../../../lambdas/core/monitor/event-batch';
import { readHistory } from '../../../lambdas/core/monitor/event-history';
import { eventTypes, type MonitorEvent, type NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { bounded, shapes } from '../../support/credential-arbitraries';
import { memoryMonitor } from '../../support/memory/memory-monitor';

const t0 = 1_800_000_000_000;
const ids = () => batchIds((count) => new Uint8Array(count).fill(7));
const textFields = [
  'gatewayId',
  'clientId',
  'requestId',
  'rpcId',
  'displayName',
  'runtimeType',
  'method',
  'outcome',
  'errorCode',
  'detail',
] as const;
const credentials: Record<string, fc.Arbitrary<[text: string, secret: string]>> = {
  ...Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      shape.map((text): [string, string] => [text, text]),
    ]),
  ),
  ...bounded,
};

test.each(Object.entries(credentials))('%s in any field is in no event', (_, credential) => {
  const prose = fc.constantFrom('', 'failed: ', '{"a":"', 'got (');
  fc.assert(
    fc.property(prose, credential, fc.constantFrom(...textFields), (before, [text, secret], field) => {
      const reported = { type: 'relay.rpc.error', atMs: t0, [field]: `${before}${text}` } as const;
      const { events } = makeBatch(ids()(t0), [reported]);
      expect(events).toHaveLength(1);
      expect(events[0]?.[field]).not.toContain(secret);
    }),
  );
});

test('what no event has a member for is dropped, whatever it is', () => {
  const more = { params: 'p', result: 'r', code: 'c', descriptor: {}, headers: {}, sourceIp: '1.2.3.4' };
  const { events } = makeBatch(ids()(t0), [{ type: 'relay.rpc.request', atMs: t0, ...more }]);
  expect(Object.keys(events[0]!).sort()).toEqual(['id', 'time', 'type']);
});

test("who, why and how much are shown, and a name or a runtime's code is cut at 64 characters", () => {
  const told = {
    displayName: 'My desk',
    errorCode: 'E_BUSY',
    bytesIn: 12,
    bytesOut: 34,
    progress: 5,
    count: 6,
  };
  const { events } = makeBatch(ids()(t0), [{ type: 'relay.rpc.error', atMs: t0, ...told }]);
  expect(events[0]).toMatchObject(told);
  const long = 'long word '.repeat(20);
  const [cut] = makeBatch(ids()(t0), [
    { type: 'relay.rpc.error', atMs: t0, displayName: long, errorCode: long },
  ]).events;
  expect([cut?.displayName?.length, cut?.errorCode?.length]).toEqual([64, 64]);
});

test('an event of a type that is not in the list is dropped', () => {
  const unknown = { type: 'relay.secret.value', atMs: t0 } as unknown as NewEvent & { atMs: number };
  expect(makeBatch(ids()(t0), [unknown]).events).toEqual([]);
});

const facts = fc.record(
  {
    gatewayId: fc.string({ maxLength: 80 }),
    rpcId: fc.constant(`rpc_${'a'.repeat(30)}`),
    method: fc.string({ maxLength: 200 }),
    outcome: fc.constantFrom('answered', 'runtime-error'),
    detail: fc.string({ unit: 'grapheme', maxLength: 300 }),
    status: fc.integer({ min: 200, max: 599 }),
    durationMs: fc.double(),
    bytes: fc.integer(),
    displayName: fc.string({ maxLength: 80 }),
    progress: fc.nat(),
    count: fc.nat(),
  },
  { requiredKeys: [] },
);
const reports = fc.array(
  fc.tuple(fc.constantFrom(...eventTypes), fc.integer({ min: t0 - 5_000, max: t0 }), facts),
  { minLength: 1, maxLength: 50 },
);

test('a batch is read back exactly as it was packed, and its ids sort as its times do', () => {
  fc.assert(
    fc.property(reports, (reported) => {
      const batch = makeBatch(
        ids()(t0),
        reported.map(([type, atMs, more]) => ({ type, atMs, ...more }) as NewEvent & { atMs: number }),
      );
      expect(unpackBatch(batch.batchId, packBatch(batch))).toEqual(JSON.parse(JSON.stringify(batch)));
      const times = batch.events.map(({ time }) => time);
      expect([...times].sort()).toEqual(times);
      expect(batch.events.every(({ id }) => isEventId(id) && timeOfId(id) === t0)).toBe(true);
      const eventIds = batch.events.map(({ id }) => id);
      expect([...eventIds].sort()).toEqual(eventIds);
    }),
  );
});

test('ids of one instance rise, also within a millisecond and when its clock steps back', () => {
  const next = ids();
  const made = [t0, t0, t0, t0 - 50, t0 + 1, t0 + 1].map((ms) => next(ms));
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

/** A store with one event a batch, over both shards. */
async function filled(
  count: number,
): Promise<{ store: ReturnType<typeof memoryMonitor>['events']; all: MonitorEvent[] }> {
  const { events: store } = memoryMonitor();
  const next = ids();
  const all: MonitorEvent[] = [];
  for (let n = 0; n < count; n++) {
    const type =
      n % 10 === 0 ? 'relay.redeem.success' : n % 3 === 0 ? 'relay.rpc.success' : 'relay.rpc.error';
    const batch = makeBatch(next(t0 + n), [{ type, atMs: t0 + n, gatewayId: `gw_${n % 5}` }]);
    await store.append(batch);
    all.push(...batch.events);
  }
  return { store, all };
}

describe('the history', () => {
  test('gives the newest events, oldest first, and pages back to the very first without gap or repetition', async () => {
    const { store, all } = await filled(1_234);
    const found: MonitorEvent[] = [];
    let before: string | undefined;
    do {
      const page = await readHistory(store, { limit: 100, before }, t0);
      expect(page.events.length).toBeLessThanOrEqual(100);
      found.unshift(...page.events);
      before = page.nextBefore;
    } while (before);
    expect(found).toEqual(all);
  });
  test('has the newest 500 in one page', async () => {
    const { store, all } = await filled(1_234);
    expect((await readHistory(store, { limit: 500 }, t0)).events).toEqual(all.slice(-500));
  });
  test('filters by a type, by the beginning of one and by gateway', async () => {
    const { store, all } = await filled(300);
    const of = async (query: { type?: string; gatewayId?: string }) =>
      (await readHistory(store, { limit: 500, ...query }, t0)).events;
    expect(await of({ type: 'relay.rpc.error' })).toEqual(
      all.filter(({ type }) => type === 'relay.rpc.error'),
    );
    expect(await of({ type: 'relay.rpc.*' })).toEqual(
      all.filter(({ type }) => type.startsWith('relay.rpc.')),
    );
    expect(await of({ gatewayId: 'gw_3' })).toEqual(all.filter(({ gatewayId }) => gatewayId === 'gw_3'));
    expect(await of({ type: 'pairing.*' })).toEqual([]);
  });
  test('an empty monitor has an empty page', async () => {
    expect(await readHistory(memoryMonitor().events, { limit: 100 }, t0)).toEqual({ events: [] });
  });
});
