/** Streamed answers: many at once, and one that is longer than any proxy's patience. */
import { figureOf, type Look, type Scene, sight } from '../look';
import type { App } from '../party';

const streaming = { accept: 'text/event-stream' };
/** Of one client at a time, by the protocol. */
const streamsOfOne = 16;

/** When the first event came, after the request was sent, and when the stream ended; in milliseconds. */
async function followed({ party }: Scene, forMs: number, everyMs: number, app: App = party.app) {
  const sinceMs = performance.now();
  const response = await party.call('slow', { forMs, everyMs }, streaming, app);
  let firstMs: number | undefined;
  let lastMs = sinceMs;
  let longestGapMs = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    const atMs = performance.now();
    firstMs ??= atMs - sinceMs;
    longestGapMs = Math.max(longestGapMs, atMs - lastMs);
    lastMs = atMs;
    text += Buffer.from(chunk).toString();
  }
  const isWhole = text.includes('event: result');
  return {
    status: response.status,
    firstMs: firstMs ?? Number.NaN,
    endMs: lastMs - sinceMs,
    longestGapMs,
    isWhole,
  };
}

/** Whether the prelude's eight NULs share a chunk with the first write shows in streams that wait for their end. */
export const fiftyStreams: Look = {
  id: 'fifty-streams',
  title: '50 streams at once, each one’s time to the first event',
  expected: 'all within a second of the first; none waits for its end',
  async run(scene) {
    const { party } = scene;
    const apps = [party.app, await party.another(), await party.another(), await party.another()];
    const lasting = { forMs: 3_000, everyMs: 500 };
    const all = Array.from({ length: 50 }, (_, n) =>
      followed(scene, lasting.forMs, lasting.everyMs, apps[Math.floor(n / streamsOfOne)]),
    );
    const found = await Promise.all(all);
    const first = found.map(({ firstMs }) => firstMs);
    const late = found.filter(({ firstMs }) => !(firstMs - Math.min(...first) <= 1_000)).length;
    const held = found.filter(({ firstMs, endMs }) => !(endMs - firstMs > lasting.forMs / 2)).length;
    const broken = found.filter(({ status, isWhole }) => status !== 200 || !isWhole).length;
    const figure = figureOf(first);
    return sight(
      late === 0 && held === 0 && broken === 0,
      `first events after ${figure.p50Ms} ms (p99 ${figure.p99Ms}); ${late} later than a second after the first, ${held} held until their end, ${broken} not whole`,
      { first: figure, late, held, broken },
    );
  },
};

/** A stream of two minutes, where there is so much time. */
export const longStream: Look = {
  id: 'long-stream',
  title: 'a streamed call of two minutes',
  expected: 'events as they happen, no cut at 60 s',
  async run(scene) {
    const forMs = Math.min(120_000, Math.max(2_000, scene.target.longMs));
    const { endMs, longestGapMs, isWhole } = await followed(scene, forMs, Math.min(5_000, forMs / 4));
    const found = `${Math.round(endMs / 1_000)} s, ${isWhole ? 'whole' : 'cut'}, the longest pause ${Math.round(longestGapMs)} ms`;
    return sight(isWhole && longestGapMs < 15_000, found, { endMs, longestGapMs });
  },
};
