import { CallBook } from '../../../web/monitor/model/call-book';
import { busyHour, callEvents, monitorEvent } from '../../support/monitor/monitor-events';

function bookOf(...events: ReturnType<typeof callEvents>) {
  const book = new CallBook(1000);
  for (const event of events) book.add(event);
  return book;
}

test('a call runs from its first event until the one that ends it', () => {
  const events = callEvents('rpc_a', 1000, { durationMs: 300 });
  const running = bookOf(...events.slice(0, 2)).get('rpc_a')!;
  expect(running).toMatchObject({ startMs: 1000, method: 'chat.send', progress: 0 });
  expect(running.ending).toBeUndefined();
  expect(bookOf(...events).get('rpc_a')).toMatchObject({
    ending: 'answered',
    outcome: 'answered',
    durationMs: 300,
    displayName: 'Office desk',
    runtimeType: 'openclaw',
  });
});

test('a failed call says why: the code of the runtime and its words', () => {
  expect(bookOf(...callEvents('rpc_a', 1000, { outcome: 'runtime-error' })).get('rpc_a')).toMatchObject({
    outcome: 'runtime-error',
    errorCode: 'E_TOOL_BUSY',
  });
});

test('progress is counted by the newest count, and requests that joined are counted', () => {
  const of = { rpcId: 'rpc_a', gatewayId: 'gw_a' };
  const book = bookOf(
    monitorEvent('relay.rpc.request', 1000, of),
    monitorEvent('relay.rpc.progress', 3000, { ...of, progress: 9 }),
    monitorEvent('relay.rpc.progress', 2000, { ...of, progress: 4 }),
    monitorEvent('relay.rpc.request', 4000, { ...of, outcome: 'joined' }),
  );
  expect(book.get('rpc_a')).toMatchObject({ progress: 9, joined: 1, startMs: 1000 });
});

test('a call of which only the end is there began its duration before', () => {
  const [end] = callEvents('rpc_a', 1000, { durationMs: 300 }).slice(-1);
  expect(bookOf(end!).get('rpc_a')!.startMs).toBe(1000);
});

test('the order in which events arrive does not matter', () => {
  const events = busyHour(10_000_000);
  expect(bookOf(...[...events].reverse()).newestFirst()).toEqual(bookOf(...events).newestFirst());
});

test('the oldest calls are forgotten first', () => {
  const book = new CallBook(2);
  for (const n of [3, 1, 2]) for (const event of callEvents(`rpc_${n}`, n * 1000)) book.add(event);
  expect(book.newestFirst().map(({ id }) => id)).toEqual(['rpc_3', 'rpc_2']);
  expect(book.get('rpc_1')).toBeUndefined();
});
