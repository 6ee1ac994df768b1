import { batchIds, makeBatch } from '../../../lambdas/core/monitor/event-batch';
import { type FeedStep, followEvents } from '../../../lambdas/core/monitor/event-feed';
import { monitorStream } from '../../../lambdas/core/monitor/monitor-stream';
import { ApiError } from '../../../lambdas/core/wire/errors';
import type { Clock } from '../../../lambdas/core/wire/ports';
import { memoryMonitor } from '../../support/memory/memory-monitor';

const t0 = 1_800_000_000_000;

/** A world whose time passes only while somebody sleeps. */
function worldAt(startMs: number) {
  let nowMs = startMs;
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
  const { events } = memoryMonitor();
  const nextId = batchIds((count) => new Uint8Array(count));
  const batch = (gatewayId: string, count = 1) =>
    makeBatch(
      nextId(nowMs),
      Array.from({ length: count }, () => ({ type: 'relay.rpc.request' as const, atMs: nowMs, gatewayId })),
    );
  return { clock, events, batch, pass: (ms: number) => clock.sleep(ms) };
}

async function take(feed: AsyncGenerator<FeedStep>, looks: number): Promise<FeedStep[]> {
  const steps: FeedStep[] = [];
  for (let n = 0; n < looks; n++) steps.push((await feed.next()).value);
  return steps;
}
const idsOf = (steps: FeedStep[]) => steps.flatMap(({ events }) => events.map(({ id }) => id));

test('an event is given out once, within 1.5 s of its writing', async () => {
  const world = worldAt(t0);
  const feed = followEvents(world, undefined);
  await take(feed, 3);
  const batch = world.batch('gw_a', 2);
  await world.events.append(batch);
  const writtenAtMs = world.clock.now();
  let seen: string[] = [];
  while (seen.length === 0) seen = idsOf(await take(feed, 1));
  expect(world.clock.now() - writtenAtMs).toBeLessThanOrEqual(1_000);
  expect(seen).toEqual(batch.events.map(({ id }) => id));
  expect(idsOf(await take(feed, 40))).toEqual([]);
});

test('a batch that becomes readable after a younger one is still given out before it', async () => {
  const world = worldAt(t0);
  const feed = followEvents(world, undefined);
  await take(feed, 1);
  const older = world.batch('gw_a');
  await world.pass(5);
  const younger = world.batch('gw_b');
  await world.events.append(younger);
  await take(feed, 1);
  await world.events.append(older);
  expect(idsOf(await take(feed, 6))).toEqual(
    [older, younger].flatMap(({ events }) => events.map(({ id }) => id)),
  );
});

test('a write that took seconds is given out late, once, and moves no reader back', async () => {
  const world = worldAt(t0);
  const feed = followEvents(world, undefined);
  await take(feed, 1);
  const slow = world.batch('gw_a');
  await world.pass(5);
  const other = world.batch('gw_b');
  await world.events.append(other);
  expect(idsOf(await take(feed, 8))).toEqual([other.events[0]!.id]);
  await world.events.append(slow);
  const steps = await take(feed, 20);
  expect(steps.flatMap(({ late }) => late.map(({ id }) => id))).toEqual([slow.events[0]!.id]);
  expect(steps.at(-1)!.last).toBe(other.events[0]!.id);
});

test('going on after any event gives exactly the ones behind it, across more than one read', async () => {
  const world = worldAt(t0);
  for (let n = 0; n < 450; n++) {
    await world.events.append(world.batch(`gw_${n % 7}`, 2));
    await world.pass(3);
  }
  const whole = idsOf(await take(followEvents(world, '0'.repeat(20)), 12));
  expect(whole).toHaveLength(900);
  expect([...whole].sort()).toEqual(whole);
  for (const at of [0, 1, 2, 399, 400, 401, 898]) {
    expect(idsOf(await take(followEvents(world, whole[at]), 12))).toEqual(whole.slice(at + 1));
  }
});

async function textOf(feed: ReturnType<typeof worldAt>, requireAccess = async () => {}): Promise<string[]> {
  const pieces: string[] = [];
  const world = { ...feed, requireAccess };
  for await (const piece of monitorStream(world, undefined, world.clock.now(), 'request')) {
    pieces.push(`${world.clock.now() - t0} ${piece}`);
  }
  return pieces;
}

test('a stream asks for reconnection, is never silent for 15 s, and ends after two minutes, saying so', async () => {
  const pieces = await textOf(worldAt(t0));
  expect(pieces[0]).toMatch(/retry: 1000\n\n/);
  const times = pieces.map((piece) => Number.parseInt(piece, 10));
  const gaps = times.slice(1).map((time, at) => time - times[at]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000);
  expect(times.at(-1)).toBeGreaterThanOrEqual(120_000);
  expect(times.at(-1)).toBeLessThan(135_000);
  expect(pieces.at(-1)).toMatch(/^\d+ : .*ends.*Last-Event-ID/);
});

test('a stream whose viewer may not watch any more ends within ten seconds with an error, and shows nothing after', async () => {
  const world = worldAt(t0);
  const pieces = await textOf(world, async () => {
    if (world.clock.now() - t0 > 60_000) throw new ApiError('unauthorized', 'no');
  });
  expect(pieces.at(-1)).toMatch(/event: error\ndata: \{.*"code":"unauthorized".*\}\n\n$/);
  expect(Number.parseInt(pieces.at(-1)!, 10)).toBeLessThan(70_000);
});

test('a fault while asking who may watch ends no stream', async () => {
  const pieces = await textOf(worldAt(t0), async () => {
    throw new Error('Secrets Manager is away');
  });
  expect(pieces.at(-1)).toMatch(/Last-Event-ID/);
});
