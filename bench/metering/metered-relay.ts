/** The relay on the local host, with a meter on it: what an act costs until nothing moves any more. */
import { type Host, type HostOptions, startHost } from '../../local/host';
import type { MeteredCall } from '../../local/types';
import { registrationToken } from '../../test/support/relay';

/** What an act did to AWS. Times are `performance.now()` milliseconds. */
export interface Measured {
  startedAt: number;
  /** When the act's caller had its answer. */
  answeredAt: number;
  /** AWS calls of the act, and of what was done after its answer. */
  calls: MeteredCall[];
  invocations: Invocation[];
  /** Log lines of the functions. */
  logLines: string[];
}

/** One run of a function. */
export interface Invocation {
  functionLogicalId: string;
  ms: number;
}

/** A relay that can be measured. */
export interface MeteredRelay {
  host: Host;
  url: string;
  /** Measures an act and what it leaves to be done, once nothing runs from before (unless `settleFirst` is false). Calls of functions that streams invoke are told apart by `streamed`. */
  measure(act: () => Promise<unknown>, options?: { settleFirst?: boolean }): Promise<Measured>;
  /** Resolves when no function runs any more. */
  settled(): Promise<void>;
  /** How many functions run now. */
  running(): number;
  /** Logical ids of the functions that table streams invoke. */
  streamed: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Starts the relay with every function warm. `beforeInvocation` delays each run, as AWS would. */
export async function startMeteredRelay(
  options: Pick<HostOptions, 'assembly' | 'directory' | 'webSocketLimits'>,
  beforeInvocation: () => Promise<void> = async () => {},
): Promise<MeteredRelay> {
  let logLines: string[] = [];
  const host = await startHost({
    ...options,
    token: registrationToken,
    throttle: false,
    onLog: ({ line }) => void logLines.push(line),
  });
  await host.functions.warm();
  host.aws.meter.enabled = false;
  const invocations = watchInvocations(host, beforeInvocation);
  return {
    host,
    url: host.url,
    streamed: streamedFunctions(host),
    settled: invocations.settled,
    running: invocations.running,
    async measure(act, { settleFirst = true } = {}) {
      if (settleFirst) await invocations.settled();
      host.aws.meter.reset();
      host.aws.meter.enabled = true;
      invocations.ended.length = 0;
      logLines = [];
      const startedAt = performance.now();
      try {
        await act();
        const answeredAt = performance.now();
        await invocations.settled();
        const { calls } = host.aws.meter;
        return { startedAt, answeredAt, calls, invocations: [...invocations.ended], logLines };
      } finally {
        host.aws.meter.enabled = false;
      }
    },
    stop: () => host.stop(),
  };
}

/** Counts the runs that are under way, so that one can wait until there are none. */
function watchInvocations(host: Host, before: () => Promise<void>) {
  const ended: Invocation[] = [];
  const running = new Set<Promise<unknown>>();
  const watched = <Rest extends unknown[], Outcome>(run: (id: string, ...rest: Rest) => Promise<Outcome>) => {
    return (functionLogicalId: string, ...rest: Rest): Promise<Outcome> => {
      const work = (async () => {
        await before();
        const startedAt = performance.now();
        const outcome = await run(functionLogicalId, ...rest);
        ended.push({ functionLogicalId, ms: performance.now() - startedAt });
        return outcome;
      })();
      running.add(work);
      void work.finally(() => running.delete(work)).catch(() => {});
      return work;
    };
  };
  const { functions } = host;
  const invoke = functions.invoke.bind(functions);
  functions.invoke = watched((id, event: unknown) => invoke(id, aged(event)));
  functions.invokeStream = watched(functions.invokeStream.bind(functions));
  const settled = async () => {
    // A closed socket's `$disconnect` starts a turn or two after its peer has seen the end.
    for (let quietTurns = 0; quietTurns < 20; quietTurns += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (running.size > 0) quietTurns = 0;
      await Promise.all([
        ...[...running].map((work) => work.catch(() => {})),
        ...host.webSockets.map((api) => api.settled()),
      ]);
    }
  };
  return { ended, settled, running: () => running.size };
}

/** How old a socket counts: one that has just connected is asked whether it is there, the usual one is not. Viewers' do not. */
const socketAgeMs = 3_600_000;
const viewers = new Set<string>();

interface SocketEvent {
  requestContext?: { connectedAt?: number; connectionId?: string };
  queryStringParameters?: { ticket?: string };
}

function aged(event: unknown): unknown {
  const { requestContext: context, queryStringParameters } = (event ?? {}) as SocketEvent;
  if (context?.connectedAt === undefined) return event;
  if (queryStringParameters?.ticket?.startsWith('atv_')) viewers.add(String(context.connectionId));
  if (!viewers.has(String(context.connectionId))) context.connectedAt -= socketAgeMs;
  return event;
}

function streamedFunctions(host: Host): ReadonlySet<string> {
  const mappings = host.aws.resolver.ofType<{ FunctionName: string }>('AWS::Lambda::EventSourceMapping');
  const names = new Set(mappings.map(({ properties }) => properties.FunctionName));
  const { definitions } = host.functions;
  return new Set(
    definitions
      .filter(({ name, arn }) => names.has(name) || names.has(arn))
      .map(({ logicalId }) => logicalId),
  );
}

/** The physical name of a table by a word of its logical id. */
export function tableNamed({ aws }: Host, word: string): string {
  const found = aws.resolver.ofType('AWS::DynamoDB::Table').find(({ logicalId }) => logicalId.includes(word));
  if (!found) throw new Error(`The stack has no table ${word}.`);
  return aws.resolver.ref(found.logicalId);
}
