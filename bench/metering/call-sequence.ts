/** AWS calls as they follow one another. */
import type { MeteredCall } from '../../local/types';

/** How many calls stand in sequence: the longest chain in which each began after the one before had ended. */
export function callsInSequence(calls: readonly MeteredCall[]): number {
  const byStart = [...calls].sort((one, other) => one.startedAt - other.startedAt);
  const chains: number[] = [];
  byStart.forEach((call, i) => {
    const before = chains.filter((_, j) => byStart[j]!.endedAt <= call.startedAt);
    chains[i] = 1 + Math.max(0, ...before);
  });
  return Math.max(0, ...chains);
}

/** What an act's calls come to. */
export interface CallSums {
  /** In sequence, before the answer. */
  inSequence: number;
  /** In all, with those after the answer. */
  inAll: number;
  /** By service and operation, as `dynamodb PutItem`. */
  byOperation: Record<string, number>;
  readUnits: number;
  writeUnits: number;
}

/** Adds up calls; `answeredAt` tells which of them the caller waited for. */
export function sumCalls(calls: readonly MeteredCall[], answeredAt: number): CallSums {
  const byOperation: Record<string, number> = {};
  for (const { service, operation } of calls) {
    const name = `${service} ${operation}`;
    byOperation[name] = (byOperation[name] ?? 0) + 1;
  }
  return {
    inSequence: callsInSequence(calls.filter((call) => call.endedAt <= answeredAt)),
    inAll: calls.length,
    byOperation,
    readUnits: calls.reduce((sum, call) => sum + call.readUnits, 0),
    writeUnits: calls.reduce((sum, call) => sum + call.writeUnits, 0),
  };
}
