/** What the model says of the relay's own way to wait. */
import type { Figures } from '../figures/budgets';
import { readsWithin, worstDetection } from './latency-model';
import { schemes } from './waiting-schemes';

/** The budgets that the model alone decides. */
export function modelledFigures(): Figures {
  const worst = worstDetection(schemes.relay);
  return {
    readsInASecond: readsWithin(schemes.relay, 1_000),
    detectionShare: Math.round(worst.share * 1000) / 10,
    detectionMs: Math.round(worst.ms),
  };
}
