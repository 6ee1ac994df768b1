/**
 * Where the invocations of one function run. `shared`: one environment serves all of them at once, which is quick and
 * small. `isolated`: as Lambda has it, each environment serves one invocation at a time and is frozen in between.
 */
import type { FunctionThread } from './function-thread';

/** The environments of one function. */
export interface Environments {
  /** Hands over an environment for one invocation, at once or when there is room for another. */
  take(use: (thread: FunctionThread) => void): void;
  /** An invocation is over. `forsaken`: its code may still be running in there. */
  release(thread: FunctionThread, end: 'done' | 'forsaken'): void;
  /** How many there are. */
  readonly count: number;
  /** Whether the next invocation finds the bundle imported. */
  temperature(): 'cold' | 'warm';
  /** Resolves when an environment has imported the bundle. */
  warm(): Promise<void>;
  /** Kills all of them, wherever they are. */
  terminate(): Promise<void>;
}

/** Makes an environment, cold. */
export type StartThread = () => FunctionThread;

/** One environment for all invocations. */
export function sharedEnvironment(start: StartThread): Environments {
  let thread: FunctionThread | undefined;
  const current = (): FunctionThread => {
    if (!thread || thread.state === 'ended') thread = start();
    return thread;
  };
  const drop = async (dropped: FunctionThread | undefined): Promise<void> => {
    if (thread === dropped) thread = undefined;
    await dropped?.terminate();
  };
  return {
    take: (use) => use(current()),
    release: (released, end) => {
      // AWS tears the environment down. Here it may be running others: then its code runs on unheard.
      if (end === 'forsaken' && released.running === 0) void drop(released);
    },
    get count() {
      return thread ? 1 : 0;
    },
    temperature: () => (thread?.state === 'warm' ? 'warm' : 'cold'),
    warm: () => current().initialised,
    terminate: () => drop(thread),
  };
}

/** Of one function at once; each takes about 15 MB. AWS would go on to the account's limit. */
const MAX_ENVIRONMENTS = 100;

/** Lambda keeps an idle environment for some minutes; how many, it does not say. */
const IDLE_MS = 5 * 60_000;

/**
 * An environment for each invocation at a time. The one used last is used next. Beyond `maxCount` an invocation waits
 * for an environment.
 */
export function isolatedEnvironments(start: StartThread, maxCount = MAX_ENVIRONMENTS): Environments {
  const all = new Set<FunctionThread>();
  const idle: Array<{ thread: FunctionThread; retire: NodeJS.Timeout }> = [];
  const waiting: Array<(thread: FunctionThread) => void> = [];

  const add = (): FunctionThread => {
    const thread = start();
    all.add(thread);
    return thread;
  };
  const end = async (thread: FunctionThread): Promise<void> => {
    all.delete(thread);
    await thread.terminate();
  };
  const wake = (): FunctionThread | undefined => {
    for (let found = idle.pop(); found; found = idle.pop()) {
      clearTimeout(found.retire);
      if (found.thread.state !== 'ended') return found.thread;
      all.delete(found.thread);
    }
    return undefined;
  };
  const rest = (thread: FunctionThread): void => {
    const retire = setTimeout(() => {
      idle.splice(
        idle.findIndex((entry) => entry.thread === thread),
        1,
      );
      void end(thread);
    }, IDLE_MS);
    retire.unref();
    idle.push({ thread, retire });
  };
  const take = (use: (thread: FunctionThread) => void): void => {
    const thread = wake() ?? (all.size < maxCount ? add() : undefined);
    if (thread) use(thread);
    else waiting.push(use);
  };
  return {
    take,
    release: (thread, how) => {
      if (how === 'forsaken' || thread.state === 'ended') void end(thread);
      else rest(thread);
      const next = waiting.shift();
      if (next) take(next);
    },
    get count() {
      return all.size;
    },
    temperature: () => (idle.some(({ thread }) => thread.state === 'warm') ? 'warm' : 'cold'),
    warm: async () => {
      if (all.size > 0) return;
      const thread = add();
      rest(thread);
      await thread.initialised;
    },
    terminate: async () => {
      for (const { retire } of idle.splice(0)) clearTimeout(retire);
      await Promise.all([...all].map(end));
    },
  };
}
