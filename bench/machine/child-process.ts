/** A part of the bench in a process of its own, and how the two talk: `ready`, then `memory` and `stop`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A part that runs. */
export interface Child {
  /** What it said when it was ready. */
  ready: string;
  /** Resident memory of its process, in MB. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

type FromChild = { kind: 'ready'; text: string } | { kind: 'memory'; bytes: number };

/** Starts `bench/<script>.ts`. Throws when it ends before it is ready. */
export async function startChild(script: string, args: string[] = []): Promise<Child> {
  const child = fork(join(__dirname, `${script}.ts`), args, { execArgv: ['--import', 'tsx'] });
  const ready = await answerOf(child, 'ready');
  return {
    ready: ready.text,
    memoryMb: async () => {
      child.send('memory');
      return Math.round((await answerOf(child, 'memory')).bytes / 2 ** 20);
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.send('stop');
      await exited;
    },
  };
}

/** In the child: says that it is ready and does what the parent asks. A parent that is gone ends it. */
export function answerParent(text: string, stop: () => Promise<void> = async () => {}): void {
  const say = (message: FromChild) => process.send?.(message);
  const end = () => void stop().finally(() => process.exit(0));
  process.on('disconnect', end);
  process.on('message', (request) => {
    if (request === 'memory') say({ kind: 'memory', bytes: process.memoryUsage().rss });
    if (request === 'stop') end();
  });
  say({ kind: 'ready', text });
}

async function answerOf<Kind extends FromChild['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<FromChild, { kind: Kind }>> {
  return await new Promise((resolve, reject) => {
    const exited = (code: number | null) => reject(new Error(`A part of the bench ended with ${code}.`));
    child.once('exit', exited);
    const listen = (message: FromChild) => {
      if (message.kind !== kind) return;
      child.off('exit', exited);
      child.off('message', listen);
      resolve(message as Extract<FromChild, { kind: Kind }>);
    };
    child.on('message', listen);
  });
}
