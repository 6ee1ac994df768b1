/**
 * The endpoint inside a function's thread: calls of tables go from there to the engine, past the same plan, policy and
 * meter as in the host, and with two changes of thread instead of four. Bundled, since threads load no TypeScript
 * (`thread-bundle.ts`). The host answers what is not of tables, writes of tables with streams, and all calls while
 * somebody disturbs them.
 */

import { type AwsCalls, answerAwsCall, credentialOf } from '../aws/aws-call';
import { dynamodbService } from '../aws/aws-dynamodb';
import { operationOf } from '../aws/aws-service';
import { type PolicySource, policiesOf } from '../aws/iam';
import { Switches } from '../aws/switches';
import { engineClient } from '../tables/engine-client';
import { mayWrite } from '../tables/streamed-engine';
import type { LocalTable } from '../tables/tables';
import type { AwsAnswer, AwsRequest, MeteredCall } from '../types';

/** What a thread is told of its host, as data that can be copied. */
export interface ThreadFacts {
  caller: { logicalId: string; accessKey: string; policies: PolicySource };
  tables: LocalTable[];
  /** Names of the tables whose streams somebody reads: what writes them is told to the stream, by the host. */
  streamed: string[];
  engineUrl: string;
  /** The buffer of the host's switches. */
  switches: SharedArrayBuffer;
}

/** What a thread tells its host. Times of a call count from 1970, as the clocks of threads start when these do. */
export type ThreadReport = { kind: 'metered'; call: MeteredCall } | { kind: 'log'; line: string };

/** Gives what answers a call in the thread, or undefined for one that is the host's. */
export function callsInThread(
  { caller, tables, streamed, engineUrl, switches: buffer }: ThreadFacts,
  report: (report: ThreadReport) => void,
): (request: AwsRequest) => Promise<AwsAnswer> | undefined {
  const switches = new Switches(buffer);
  const tablesService = dynamodbService(engineClient(engineUrl, true), tables, () => switches.metering);
  const self = { logicalId: caller.logicalId, policies: policiesOf(caller.policies) };
  const calls: AwsCalls = {
    services: new Map([[tablesService.name, tablesService]]),
    callerByAccessKey: () => self,
    meter: {
      record: (call) => {
        if (switches.metering) report({ kind: 'metered', call: shifted(call, performance.timeOrigin) });
      },
    },
    disturb: () => undefined,
    log: (line) => report({ kind: 'log', line }),
  };
  return (request) => {
    const credential = credentialOf(request);
    const isOurs = credential?.service === tablesService.name && credential.accessKey === caller.accessKey;
    const isLeft = switches.disturbed || mayWrite(streamed, operationOf(request), request.body);
    return isOurs && !isLeft ? answerAwsCall(calls, request) : undefined;
  };
}

/** A call with its times on another clock. */
export function shifted(call: MeteredCall, byMs: number): MeteredCall {
  return { ...call, startedAt: call.startedAt + byMs, endedAt: call.endedAt + byMs };
}
