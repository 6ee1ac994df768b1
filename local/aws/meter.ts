import type { MeteredCall } from '../types';

/** Keeps every AWS call of the functions while `enabled`; long-lived hosts switch it off. */
export interface Meter {
  calls: MeteredCall[];
  enabled: boolean;
  reset(): void;
  record(call: MeteredCall): void;
}

/** An empty meter that is switched on. */
export function createMeter(): Meter {
  const meter: Meter = {
    calls: [],
    enabled: true,
    reset: () => {
      meter.calls = [];
    },
    record: (call) => {
      if (meter.enabled) meter.calls.push(call);
    },
  };
  return meter;
}
