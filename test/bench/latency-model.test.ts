/** What the relay's way to wait promises, held in the model: seeded, so the same on every machine. */
import { type Simulated, simulate, simulatePush } from '../../bench/latency/latency-model';
import { schemes } from '../../bench/latency/waiting-schemes';

const samples = 1_000;
const of = (name: keyof typeof schemes, runtimeMs: number): Simulated =>
  simulate(schemes[name], runtimeMs, samples);

test.each([5, 50, 500, 5_000])(
  'a call to a runtime of %d ms ends sooner than by doubling gaps',
  (runtimeMs) => {
    expect(of('relay', runtimeMs).whole.p50).toBeLessThan(
      of('50 ms doubling to 500 ms', runtimeMs).whole.p50,
    );
  },
);

test.each([5, 50, 500, 5_000])(
  'a call to a runtime of %d ms ends sooner than by fixed 250 ms',
  (runtimeMs) => {
    expect(of('relay', runtimeMs).whole.p50).toBeLessThan(of('fixed 250 ms', runtimeMs).whole.p50);
  },
);

test.each([5, 50])('a call to a runtime of %d ms ends sooner than by fixed 50 ms', (runtimeMs) => {
  expect(of('relay', runtimeMs).whole.p50).toBeLessThan(of('fixed 50 ms', runtimeMs).whole.p50);
});

test.each([500, 5_000])('a call to a runtime of %d ms stays within 12 %% of the ideal', (runtimeMs) => {
  const { whole, floor } = of('relay', runtimeMs);
  expect(whole.p50).toBeLessThan(1.12 * (runtimeMs + floor.p50));
});

test('a call of 5 s needs less than half the reads of fixed 50 ms', () => {
  expect(of('relay', 5_000).reads.mean).toBeLessThan(of('fixed 50 ms', 5_000).reads.mean / 2);
});

test('the same seed gives the same figures', () => {
  expect(simulate(schemes.relay, 50, 100, 7)).toEqual(simulate(schemes.relay, 50, 100, 7));
  expect(simulate(schemes.relay, 50, 100, 8)).not.toEqual(simulate(schemes.relay, 50, 100, 7));
});

test("a call on an App's socket adds the same however long it takes, and less than the waiting way from 500 ms on", () => {
  const added = [50, 500, 5_000, 600_000].map((runtimeMs) => simulatePush(runtimeMs, samples).added.p50);
  for (const each of added) expect(each).toBeCloseTo(added[0]!, 6);
  expect(added[0]).toBeLessThan(of('relay', 500).added.p50);
});
