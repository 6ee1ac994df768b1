import { batchIds, makeBatch } from '../../../lambdas/core/monitor/event-batch';
import { fanOut, framesOf } from '../../../lambdas/core/monitor/fan-out';
import type { Sockets } from '../../../lambdas/core/presence/ports';
import { limits } from '../../../lambdas/core/wire/limits';
import { memoryMonitor } from '../../support/memory/memory-monitor';

const t0 = 1_800_000_000_000;
const nextId = batchIds((count) => new Uint8Array(count));
const batch = (count = 1, detail = 'as it is') =>
  makeBatch(
    nextId(t0),
    Array.from({ length: count }, () => ({ type: 'relay.rpc.request' as const, atMs: t0, detail })),
  );

/** Viewers, each of whom takes frames in its own way. */
async function worldOf(post: Record<string, () => Promise<'sent' | 'gone' | 'unclear'>>) {
  const { watchers } = memoryMonitor();
  for (const connectionId of Object.keys(post)) {
    const viewer = {
      kind: 'viewer' as const,
      id: connectionId,
      tokenHash: 'current',
      untilMs: t0 + 1_000_000,
    };
    await watchers.enter(viewer, t0);
  }
  const posted: Array<[viewer: string, ids: string[]]> = [];
  const closed: string[] = [];
  const sockets: Sockets = {
    async post(connectionId, frame) {
      const outcome = await post[connectionId]!();
      if (outcome === 'sent') {
        posted.push([connectionId, JSON.parse(frame).params.events.map(({ id }: { id: string }) => id)]);
      }
      return outcome;
    },
    probe: async () => 'open',
    async close(connectionId) {
      closed.push(connectionId);
      return 'closed';
    },
  };
  // Time passes for those who wait, once everybody else has had a turn.
  const clock = { now: () => t0, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  const connections = { remove: async () => {} };
  const tokenHash = async () => 'current';
  return { world: { watchers, connections, sockets, clock, tokenHash }, posted, closed };
}

test('every viewer gets every event, in the order of the ids, whatever order the batches come in', async () => {
  const { world, posted } = await worldOf({ one: async () => 'sent', two: async () => 'sent' });
  const batches = [batch(2), batch(1), batch(3)];
  await fanOut(world, [...batches].reverse(), t0);
  const ids = batches.flatMap(({ events }) => events.map(({ id }) => id));
  expect(posted.sort()).toEqual([
    ['one', ids],
    ['two', ids],
  ]);
});

test('a viewer that is gone is forgotten, and nobody else notices', async () => {
  const { world, posted } = await worldOf({ gone: async () => 'gone', here: async () => 'sent' });
  expect(await fanOut(world, [batch()], t0)).toEqual({
    served: 1,
    early: 0,
    gone: 1,
    evicted: 0,
    dismissed: 0,
  });
  expect(posted.map(([viewer]) => viewer)).toEqual(['here']);
  expect((await world.watchers.list(t0)).map(({ id }) => id)).toEqual(['here']);
});

test('a viewer whose handshake is not over yet keeps its place, and gets what comes after', async () => {
  let isOpen = false;
  const { world, posted } = await worldOf({ young: async () => (isOpen ? 'sent' : 'gone') });
  await world.watchers.leave({ kind: 'viewer', id: 'young', tokenHash: 'current', untilMs: t0 + 1_000_000 });
  const untilMs = t0 - 100 + limits.maxConnectionMs;
  await world.watchers.enter({ kind: 'viewer', id: 'young', tokenHash: 'current', untilMs }, t0);
  expect(await fanOut(world, [batch()], t0)).toMatchObject({ served: 0, early: 1, gone: 0 });
  isOpen = true;
  expect(await fanOut(world, [batch()], t0)).toMatchObject({ served: 1 });
  expect(posted).toHaveLength(1);
});

test('a viewer that takes no frame in time loses its socket, and the others are served meanwhile', async () => {
  const never = () => new Promise<never>(() => {});
  const { world, posted, closed } = await worldOf({ slow: never, here: async () => 'sent' });
  expect(await fanOut(world, [batch()], t0)).toEqual({
    served: 1,
    early: 0,
    gone: 0,
    evicted: 1,
    dismissed: 0,
  });
  expect([posted.length, closed]).toEqual([1, ['slow']]);
  expect((await world.watchers.list(t0)).map(({ id }) => id)).toEqual(['here']);
});

test('a post that fails once is tried again; one that fails twice costs the socket', async () => {
  let tries = 0;
  const { world, closed } = await worldOf({
    once: async () => (tries++ === 0 ? 'unclear' : 'sent'),
    always: async () => 'unclear',
  });
  expect(await fanOut(world, [batch()], t0)).toEqual({
    served: 1,
    early: 0,
    gone: 0,
    evicted: 1,
    dismissed: 0,
  });
  expect(closed).toEqual(['always']);
});

test('a viewer that an earlier registration token let in is told and closed before it is shown anything', async () => {
  const { world, posted, closed } = await worldOf({ here: async () => 'sent' });
  const seen: string[] = [];
  world.sockets.post = async (to, frame) => {
    seen.push(`${to} ${JSON.parse(frame).event}`);
    return 'sent';
  };
  const old = { kind: 'viewer' as const, id: 'old', tokenHash: 'earlier', untilMs: t0 + 1_000_000 };
  await world.watchers.enter(old, t0);
  expect(await fanOut(world, [batch()], t0)).toMatchObject({ served: 1, dismissed: 1 });
  expect(seen.sort()).toEqual(['here monitor', 'old relay.closing']);
  expect([closed, posted]).toEqual([['old'], []]);
  expect((await world.watchers.list(t0)).map(({ id }) => id)).toEqual(['here']);
});

test('without viewers nothing is posted', async () => {
  const { world, posted } = await worldOf({});
  await fanOut(world, [batch()], t0);
  expect(posted).toEqual([]);
});

test('many events go out in as few frames as stay under 32 KB, each event once', () => {
  const { events } = batch(50, 'ä'.repeat(190));
  const all = [...events, ...batch(50, 'ä'.repeat(190)).events];
  const frames = framesOf(all);
  expect(frames.length).toBeGreaterThan(1);
  for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThan(32 * 1024);
  expect(frames.flatMap((frame) => JSON.parse(frame).params.events)).toEqual(all);
});
