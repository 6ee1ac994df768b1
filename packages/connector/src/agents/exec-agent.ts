/** An agent that is a command: JSON-RPC, a line for each message, on its input and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type Agent, type AgentCall, type AgentState, agentAway } from './agent';
import { JsonRpcCalls } from './json-rpc-calls';
import { hearLines, lineOf } from './lines';

/** A command that ends at once is not started again faster than this. */
const restartMs = 1_000;

/** How long a command may take to end when asked. */
const endMs = 2_000;

/** Runs the command from the first call on, and again when it ended. */
export class ExecAgent implements Agent {
  readonly type = 'json-rpc';
  readonly #calls = new JsonRpcCalls();
  #child: ChildProcess | undefined;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  #isClosed = false;

  constructor(
    /** As a shell reads it. */
    private readonly command: string,
    readonly usuallyAllowed: readonly string[],
  ) {}

  async call(call: AgentCall): Promise<unknown> {
    const child = await this.#running();
    return await this.#calls.run(call, (text) => child.stdin?.write(lineOf(text)));
  }

  async look(): Promise<AgentState> {
    try {
      await this.#running();
    } catch {}
    return this.#child
      ? { reachable: true }
      : { reachable: false, problem: this.#problem ?? 'It does not run.' };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    kill(child, 'SIGTERM');
    const late = setTimeout(() => kill(child, 'SIGKILL'), endMs);
    await ended;
    clearTimeout(late);
  }

  async #running(): Promise<ChildProcess> {
    if (this.#child) return this.#child;
    await pause(Math.max(0, this.#startedAtMs + restartMs - performance.now()));
    if (this.#isClosed) throw agentAway('the connector ends.');
    if (this.#child) return this.#child;
    this.#startedAtMs = performance.now();
    const detached = process.platform !== 'win32';
    const child = spawn(this.command, { shell: true, detached, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    const over = (problem: string) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#problem = problem;
      this.#calls.fail(problem);
    };
    child.on('error', () => over('the command could not be started.'));
    child.on('exit', (code, signal) => over(`the command ended with ${code ?? signal}.`));
    child.stdin?.on('error', () => {});
    hearLines(child.stdout!, (line) => this.#calls.hear(line));
    return child;
  }
}

/** A shell may stand between: its whole group is meant. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {}
}
