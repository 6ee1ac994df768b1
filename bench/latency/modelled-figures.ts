/** What the model says of the relay's own way to wait. */
import type { Figures } from '../figures/budgets';
import { readsWithin, simulate, simulatePush, worstDetection } from './latency-model';
import { runtimeTimesMs } from './latency-section';
import { schemes } from './waiting-schemes';

/** Enough that another seed gives the same first digit. */
const samples = 20_000;

/** The budgets that the model alone decides. */
export function modelledFigures(): Figures {
  const worst = worstDetection(schemes.relay);
  return {
    readsInASecond: readsWithin(schemes.relay, 1_000),
    detectionShare: Math.round(worst.share * 1000) / 10,
    detectionMs: Math.round(worst.ms),
    pushBeyondFloor: beyondFloor(),
    pushOfWaiting: shareOfWaiting(),
  };
}

/** How far what the push adds is over its floor, in the median and at worst, in per cent. */
function beyondFloor(): number {
  const shares = runtimeTimesMs.map((runtimeMs) => {
    const { added, floor } = simulatePush(runtimeMs, samples);
    return added.p50 / floor.p50 - 1;
  });
  return Math.round(Math.max(...shares) * 1000) / 10;
}

/** What the push adds to a call of 500 ms or more, of what the waiting function adds, in the median and at worst, in per cent. */
function shareOfWaiting(): number {
  const shares = runtimeTimesMs
    .filter((runtimeMs) => runtimeMs >= 500)
    .map(
      (runtimeMs) =>
        simulatePush(runtimeMs, samples).added.p50 / simulate(schemes.relay, runtimeMs, samples).added.p50,
    );
  return Math.round(Math.max(...shares) * 1000) / 10;
}
