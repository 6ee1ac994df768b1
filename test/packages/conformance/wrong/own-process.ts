/** The process in which many that are wrong in one thing live side by side. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A process of this folder's `file`. What is sent once it has ended is lost. */
export function ownProcess(file: string): {
  host: ChildProcess;
  send(message: object): void;
  stop(): void;
} {
  const host = fork(join(__dirname, file), { stdio: 'inherit' });
  return {
    host,
    send(message) {
      if (host.connected) host.send(message, () => {});
    },
    stop: () => void host.kill(),
  };
}
