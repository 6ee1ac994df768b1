/** The section of the calls: each act's AWS calls and request units. */

import { type CallSums, sumCalls } from '../metering/call-sequence';
import type { MeteredRelay } from '../metering/metered-relay';
import { disturbed } from '../metering/rpc-path';
import { scenarios } from '../scenarios';
import type { Scenario } from '../scenarios/scenario';

/** An act and what it cost, or why it could not be metered. */
export interface ActRow {
  name: string;
  /** AWS calls before the answer in sequence, and in all; units. */
  sums?: CallSums;
  problem?: string;
}

/** Meters every act once, with every function warm. */
export async function meterActs(relay: MeteredRelay, progress: (name: string) => void): Promise<ActRow[]> {
  const rows: ActRow[] = [];
  for (const scenario of scenarios) {
    progress(scenario.name);
    rows.push(await meterAct(relay, scenario));
    await relay.host.connections.closeAll(500);
  }
  return rows;
}

async function meterAct(
  relay: MeteredRelay,
  { name, prepare, streamed, duringCall }: Scenario,
): Promise<ActRow> {
  try {
    const act = await prepare(relay);
    const { calls, answeredAt } = await disturbed(relay, () =>
      relay.measure(act, { settleFirst: !duringCall }),
    );
    return {
      name,
      sums: sumCalls(
        calls.filter(({ caller }) => streamed || !relay.streamed.has(caller)),
        answeredAt,
      ),
    };
  } catch (error) {
    return { name, problem: (error as Error).message };
  }
}
