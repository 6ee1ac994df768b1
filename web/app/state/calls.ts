/** Calls of this device: begun, followed, stopped, and found again after the page was away. */
import { type Signal, signal } from '@preact/signals';
import type { CallStream } from 'agenttown-relay-client/app';
import { type Agent, change, vault } from './agents';
import { type Fault, faultOf } from './fault';

/** A call as it is kept. */
export interface CallRecord {
  readonly id: string;
  readonly agentId: string;
  readonly kind: 'chat' | 'console';
  readonly method: string;
  readonly params?: unknown;
  readonly timeoutMs: number;
  readonly startedAtMs: number;
  readonly state: 'running' | 'answered' | 'failed';
  readonly endedAtMs?: number;
  /** What the steps and the result say in words. */
  readonly text: string;
  readonly steps: readonly unknown[];
  readonly lastSeq: number;
  readonly result?: unknown;
  readonly fault?: Fault;
}

/** What is to be called. */
export type Wanted = Pick<CallRecord, 'kind' | 'method' | 'params' | 'timeoutMs'>;

/** The calls of each agent, oldest first. */
const byAgent = new Map<string, Signal<readonly CallRecord[]>>();
const running = new Map<string, CallStream>();

/** What is kept of each agent, and of each call. */
const MAX_CALLS = 100;
const MAX_STEPS = 200;
const MAX_KEPT_CHARACTERS = 200_000;

/** The calls of an agent. */
export function callsOf({ id }: Pick<Agent, 'id'>): Signal<readonly CallRecord[]> {
  let calls = byAgent.get(id);
  if (!calls) {
    calls = signal([]);
    byAgent.set(id, calls);
  }
  return calls;
}

/** Reads the calls that are kept, and takes up those that still ran. */
export async function loadCalls(agents: readonly Agent[]): Promise<void> {
  const records = (await vault.value?.all<CallRecord>('call')) ?? [];
  for (const agent of agents) {
    const own = records.filter(({ agentId }) => agentId === agent.id);
    callsOf(agent).value = own.sort((a, b) => a.startedAtMs - b.startedAtMs);
    for (const call of own) if (call.state === 'running') followCall(agent, call.id);
  }
}

/** Begins a call. */
export function beginCall(agent: Agent, wanted: Wanted): string {
  const id = crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const record: CallRecord = {
    ...wanted,
    id,
    agentId: agent.id,
    startedAtMs: Date.now(),
    state: 'running',
    text: '',
    steps: [],
    lastSeq: -1,
  };
  const calls = callsOf(agent);
  calls.value = [...calls.value, record];
  for (const { id: old } of calls.value.slice(0, -MAX_CALLS)) void vault.value?.remove('call', old);
  calls.value = calls.value.slice(-MAX_CALLS);
  void keep(record);
  void change(agent, { usedAtMs: record.startedAtMs });
  const { method, params, timeoutMs } = wanted;
  take(agent, id, agent.app.stream(method, params, { id, timeoutMs }));
  return id;
}

/** Asks again under the same id: it never runs twice. */
export function repeatCall(agent: Agent, id: string): void {
  const call = find(agent, id);
  if (!call || running.has(id)) return;
  update(agent, id, { state: 'running', fault: undefined });
  const { method, params, timeoutMs } = call;
  take(agent, id, agent.app.stream(method, params, { id, timeoutMs }));
}

/** Looks what became of a call, without asking for it anew. */
export function followCall(agent: Agent, id: string): void {
  const call = find(agent, id);
  if (!call || running.has(id)) return;
  update(agent, id, { state: 'running', fault: undefined });
  take(agent, id, agent.app.follow(id, { afterSeq: call.lastSeq }));
}

/** Asks for the same under a new id: it may run twice, and somebody wanted that. */
export function callAnew(agent: Agent, id: string): string | undefined {
  const call = find(agent, id);
  return call && beginCall(agent, call);
}

/** Stops a call. */
export function stopCall(id: string): void {
  running.get(id)?.cancel();
}

/** Forgets the calls of an agent that is no longer there. */
export async function forgetCalls(agent: Agent): Promise<void> {
  const calls = callsOf(agent).value;
  byAgent.delete(agent.id);
  for (const { id } of calls)
    for (const kind of ['call', 'key'] as const) await vault.value?.remove(kind, id);
}

async function take(agent: Agent, id: string, stream: CallStream): Promise<void> {
  running.set(id, stream);
  // A loop that leaves would cancel the call: steps are taken one by one.
  stream.result.catch(() => {});
  try {
    for (let step = await stream.next(); !step.done; step = await stream.next()) {
      const call = find(agent, id);
      if (!call) continue;
      update(agent, id, {
        text: call.text + deltaOf(step.value),
        steps: [...call.steps, step.value].slice(-MAX_STEPS),
        lastSeq: stream.lastSeq,
      });
    }
    const result = await stream.result;
    const said = wordsOf(result);
    update(agent, id, { state: 'answered', endedAtMs: Date.now(), result, ...(said ? { text: said } : {}) });
  } catch (error) {
    update(agent, id, { state: 'failed', endedAtMs: Date.now(), fault: faultOf(error) });
    if ((error as Error).name === 'Unauthorized') agent.isRevoked.value = true;
  } finally {
    running.delete(id);
  }
}

function find(agent: Agent, id: string): CallRecord | undefined {
  return callsOf(agent).value.find((call) => call.id === id);
}

function update(agent: Agent, id: string, part: Partial<CallRecord> | { fault: undefined }): void {
  const calls = callsOf(agent);
  calls.value = calls.value.map((call) => (call.id === id ? ({ ...call, ...part } as CallRecord) : call));
  const call = find(agent, id);
  if (call) void keep(call);
}

async function keep(call: CallRecord): Promise<void> {
  // A very large answer is shown, and asked for again when the page comes back.
  const isLarge = JSON.stringify(call.result ?? null).length > MAX_KEPT_CHARACTERS;
  const { result: _, ...rest } = call;
  await vault.value?.put('call', call.id, isLarge ? rest : call).catch(() => {});
}

/** What a step adds to the text, in the forms that runtimes use. */
function deltaOf(data: unknown): string {
  if (typeof data === 'string') return data;
  const { deltaText, delta, text } = (data ?? {}) as Record<string, unknown>;
  for (const words of [deltaText, delta, text]) if (typeof words === 'string') return words;
  return '';
}

/** What a result says as a whole, where it says so in words. */
function wordsOf(result: unknown): string {
  if (typeof result === 'string') return result;
  const { text, output, reply, message } = (result ?? {}) as Record<string, unknown>;
  for (const words of [text, output, reply, message]) if (typeof words === 'string') return words;
  return '';
}
