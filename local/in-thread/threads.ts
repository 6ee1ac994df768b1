/** What the threads of functions are given, so that they answer calls of tables themselves. */
import { accessKeyOf } from '../aws/callers';
import type { Policies } from '../aws/iam';
import type { Meter } from '../aws/meter';
import type { Switches } from '../aws/switches';
import type { Engine } from '../tables/engine';
import type { LocalTable } from '../tables/tables';
import type { InThread } from '../types';
import { threadCallsModule } from './thread-bundle';
import { shifted, type ThreadFacts, type ThreadReport } from './thread-calls';

/** Gives what works inside a function's thread; the engine must be ours, others may speak what only the host understands. */
export function threadsOf(parts: {
  policies: Map<string, Policies>;
  tables: LocalTable[];
  streamed: string[];
  engine: Engine;
  switches: Switches;
  meter: Meter;
  log(line: string): void;
}): (functionLogicalId: string) => InThread | undefined {
  const { policies, tables, streamed, engine, switches, meter, log } = parts;
  const module = threadCallsModule();
  const hear = (report: ThreadReport) => {
    if (report.kind === 'log') log(report.line);
    else meter.record(shifted(report.call, -performance.timeOrigin));
  };
  return (logicalId) => {
    const policy = policies.get(logicalId);
    if (!policy) return undefined;
    const { callerArn, documents } = policy;
    const caller = { logicalId, accessKey: accessKeyOf(logicalId), policies: { callerArn, documents } };
    const facts: ThreadFacts = {
      caller,
      tables,
      streamed,
      engineUrl: engine.url,
      switches: switches.buffer,
    };
    return { module, facts, hear: (report) => hear(report as ThreadReport) };
  };
}
