/**
 * OpenClaw's gateway, by its official client. Methods are passed through; a `chat.send` is a run: its `chat` and `agent` events are the
 * steps, its end the answer, and the call's id its `idempotencyKey`, so that a repeat is recognised there as well.
 */
import { GatewayClient } from '@openclaw/gateway-client';
import { MethodError } from 'agenttown-relay-client/runtime';
import type { AllowList } from '../allow-list';
import { type Agent, type AgentCall, type AgentState, agentAway } from './agent';
import type { OpenClawPlace } from './openclaw-place';
import { openclawMethods, scopesFor } from './openclaw-scopes';
import { Steps } from './steps';

/** How long a call waits for a gateway that is just being connected to. */
const patienceMs = 5_000;

/** The version of the protocol that is spoken. */
const protocol = 4;

/** Methods of OpenClaw that want a key to recognise a repeat by. */
const keyed = new Set(['agent', 'chat.send', 'send']);

interface Run {
  sessionKey: string;
  steps: Steps;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface ChatEvent {
  runId: string;
  state: string;
  deltaText?: string;
  replace?: boolean;
  phase?: string;
  errorMessage?: string;
  errorKind?: string;
}

/** A gateway. */
export class OpenClawAgent implements Agent {
  readonly type = 'openclaw';
  readonly usuallyAllowed = openclawMethods;
  readonly #client: GatewayClient;
  readonly #runs = new Map<string, Run>();
  #version: string | undefined;
  #isStarted = false;
  #isReady = false;
  #problem = 'its gateway is being connected to.';
  #waiting: Array<() => void> = [];

  constructor({ url, token, password }: OpenClawPlace, allow: AllowList, connectorVersion: string) {
    this.#client = new GatewayClient({
      url,
      ...(token ? { token } : {}),
      ...(password ? { password } : {}),
      clientName: 'gateway-client',
      clientDisplayName: 'AgentTown connector',
      clientVersion: connectorVersion,
      mode: 'backend',
      platform: process.platform,
      role: 'operator',
      scopes: scopesFor(allow),
      caps: [],
      minProtocol: protocol,
      maxProtocol: protocol,
      onHelloOk: ({ server }) => {
        this.#version = server.version;
        this.#isReady = true;
        this.#wake();
        for (const runId of this.#runs.keys()) void this.#askEnd(runId);
      },
      onConnectError: (error) => this.#fail(problemOf(error)),
      onClose: (code) => {
        if (this.#isReady) this.#problem = `its gateway closed the connection with ${code}.`;
        this.#isReady = false;
      },
      onEvent: ({ event, payload }) => this.#hear(event, payload),
    });
  }

  async call(call: AgentCall): Promise<unknown> {
    await this.#ready();
    const { id, method, signal } = call;
    const given = (call.params ?? {}) as Record<string, unknown>;
    const params = keyed.has(method) ? { ...given, idempotencyKey: id } : given;
    if (method === 'chat.send') return await this.#run(call, { sessionKey: 'main', ...params });
    const gone = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    gone.catch(() => {});
    return await Promise.race([this.#request(method, params), gone]);
  }

  async look(): Promise<AgentState> {
    try {
      await this.#ready();
    } catch {
      return { reachable: false, problem: this.#problem };
    }
    return { reachable: true, ...(this.#version ? { version: this.#version } : {}) };
  }

  async close(): Promise<void> {
    await this.#client.stopAndWait({ timeoutMs: 1_000 }).catch(() => {});
  }

  async #run({ id, signal, progress }: AgentCall, params: Record<string, unknown>): Promise<unknown> {
    const sessionKey = String(params.sessionKey);
    const steps = new Steps(progress);
    const end = new Promise((resolve, reject) => {
      this.#runs.set(id, { sessionKey, steps, resolve, reject });
    });
    const stop = () => {
      void this.#request('chat.abort', { sessionKey, runId: id }).catch(() => {});
      this.#runs.get(id)?.reject(signal.reason);
    };
    end.catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    try {
      const begun = (await this.#request('chat.send', params)) as { status?: string };
      // The run of an earlier try may be over: its end is not told a second time.
      if (begun?.status === 'ok' || begun?.status === 'error') return begun;
      return await end;
    } finally {
      signal.removeEventListener('abort', stop);
      steps.flush();
      this.#runs.delete(id);
    }
  }

  /** After a lost connection: events of a run may be lost with it, and a gateway that was restarted knows the run no more. */
  async #askEnd(runId: string): Promise<void> {
    const run = this.#runs.get(runId);
    try {
      const told = (await this.#request('agent.wait', { runId, timeoutMs: 0 })) as { status?: string };
      if (told?.status === 'ok') run?.resolve(told);
      if (told?.status === 'error') run?.reject(new MethodError('The run failed.', 'run_failed', told));
      // `timeout`: it goes on, or nobody knows it. Only a gateway that still has it sends its events.
      if (told?.status === 'timeout' && !(await this.#isUnderWay(run, runId))) throw new Error('gone');
    } catch {
      run?.reject(agentAway('its gateway was restarted during the run, which is lost.'));
    }
  }

  async #isUnderWay(run: Run | undefined, runId: string): Promise<boolean> {
    if (!run) return false;
    const history = (await this.#request('chat.history', { sessionKey: run.sessionKey, limit: 1 })) as {
      inFlightRun?: { runId?: string };
    };
    return history?.inFlightRun?.runId === runId;
  }

  #hear(event: string, payload: unknown): void {
    const told = (payload ?? {}) as ChatEvent & { stream?: string; data?: Record<string, unknown> };
    const run = this.#runs.get(told.runId);
    if (!run) return;
    // The text of a run comes as `chat`; `agent` has it a second time.
    if (event === 'agent' && told.stream !== 'assistant')
      run.steps.add({ kind: 'agent', stream: told.stream, data: told.data });
    if (event === 'chat') hearChat(run, told);
  }

  async #request(method: string, params: unknown): Promise<unknown> {
    try {
      return await this.#client.request(method, params, { timeoutMs: null });
    } catch (error) {
      const { gatewayCode, code, message, details } = error as {
        gatewayCode?: string;
        code?: string;
        message?: string;
        details?: unknown;
      };
      const known = gatewayCode ?? code;
      if (known === undefined) throw agentAway(this.#problem);
      throw new MethodError(message ?? 'The gateway refused.', known, details);
    }
  }

  async #ready(): Promise<void> {
    if (this.#isReady) return;
    if (!this.#isStarted) this.#client.start();
    this.#isStarted = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    if (!this.#isReady) throw agentAway(this.#problem);
  }

  #fail(problem: string): void {
    this.#isReady = false;
    this.#problem = problem;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function hearChat(run: Run, told: ChatEvent): void {
  switch (told.state) {
    case 'status':
      run.steps.add({ kind: 'status', phase: told.phase });
      break;
    case 'delta':
      if (told.replace) run.steps.replace(told.deltaText ?? '');
      else run.steps.say(told.deltaText ?? '');
      break;
    case 'final':
    case 'aborted':
      run.steps.flush();
      run.resolve(told);
      break;
    case 'error':
      run.steps.flush();
      run.reject(new MethodError(told.errorMessage ?? 'The run failed.', told.errorKind ?? 'run_failed'));
  }
}

/** What the person at this machine can do about a gateway that does not let us in. */
function problemOf(error: Error): string {
  const { details, gatewayCode, code } = error as {
    details?: { code?: string };
    gatewayCode?: string;
    code?: string;
  };
  const words = [details?.code, gatewayCode, code, error.message].join(' ');
  if (/TOKEN_MISMATCH|PASSWORD_MISMATCH/.test(words))
    return 'its gateway refuses the token: set OPENCLAW_GATEWAY_TOKEN.';
  if (/DEVICE_IDENTITY_REQUIRED|TOKEN_MISSING|PASSWORD_MISSING/.test(words))
    return 'its gateway wants a token: set OPENCLAW_GATEWAY_TOKEN.';
  if (/PROTOCOL_MISMATCH/.test(words))
    return `its gateway speaks another version of the protocol than ${protocol}: update it.`;
  if (/MISSING_SCOPE/.test(words)) return 'its gateway does not grant what the list of methods needs.';
  if (/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH/.test(words))
    return 'no gateway listens there: openclaw gateway run.';
  return 'its gateway does not let the connector in.';
}
