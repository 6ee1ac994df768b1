import type { MeteredCall } from '../types';
import type { Switches } from './switches';

/** Keeps every AWS call of the functions while `enabled`; long-lived hosts switch it off. */
export interface Meter {
  calls: MeteredCall[];
  enabled: boolean;
  reset(): void;
  record(call: MeteredCall): void;
}

/** An empty meter that is switched on. */
export function createMeter(switches: Switches): Meter {
  switches.metering = true;
  const meter: Meter = {
    calls: [],
    get enabled() {
      return switches.metering;
    },
    set enabled(enabled) {
      switches.metering = enabled;
    },
    reset: () => {
      meter.calls = [];
    },
    record: (call) => {
      if (meter.enabled) meter.calls.push(call);
    },
  };
  return meter;
}
