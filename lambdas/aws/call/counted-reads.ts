import type { CallStore } from '../../core/call/ports';
import { measure } from '../observe/metrics';

/** The same calls, which note how often a call was looked at; `report` measures that as `WaitReads`. */
export function countedReads(calls: CallStore): { calls: CallStore; report(): Promise<void> } {
  let reads = 0;
  return {
    calls: {
      ...calls,
      read(...look) {
        reads++;
        return calls.read(...look);
      },
      follow(...look) {
        reads++;
        return calls.follow(...look);
      },
    },
    report: async () => measure({ name: 'WaitReads', unit: 'Count', value: reads }),
  };
}
