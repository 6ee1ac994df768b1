/**
 * Hermes (NousResearch hermes-agent) through its API server. Built from its documentation: no Hermes was run here.
 *
 *   chat.send { message, sessionId? }   POST /v1/runs, its events as steps, the run as the result; cancel stops it
 *   health · capabilities · models.list · skills.list · sessions.list · sessions.get { id } · runs.get { id }
 */

import { setTimeout as pause } from 'node:timers/promises';
import { MethodError, methodNotFound } from 'agenttown-relay-client/runtime';
import { createParser } from 'eventsource-parser';
import { type Agent, type AgentCall, type AgentState, agentAway } from './agent';

/** Where Hermes listens unless told otherwise. */
export const hermesEndpoint = 'http://127.0.0.1:8642';

const reads = new Map<string, string>([
  ['health', '/health/detailed'],
  ['capabilities', '/v1/capabilities'],
  ['models.list', '/v1/models'],
  ['skills.list', '/v1/skills'],
  ['sessions.list', '/api/sessions'],
]);
const readsById = new Map<string, string>([
  ['sessions.get', '/api/sessions/'],
  ['runs.get', '/v1/runs/'],
]);

/** Words of a run that goes on. */
const underWay = new Set(['queued', 'pending', 'started', 'running', 'in_progress', 'waiting_approval']);

/** How often a run is looked at whose events have ended before it. */
const lookAgainMs = 500;

interface Run {
  run_id: string;
  status: string;
}

/** An API server. */
export class HermesAgent implements Agent {
  readonly type = 'hermes';
  readonly usuallyAllowed = ['chat.send', ...reads.keys(), ...readsById.keys()];

  constructor(
    private readonly endpoint: string,
    /** `API_SERVER_KEY` of Hermes. */
    private readonly key: string | undefined,
  ) {}

  async call(call: AgentCall): Promise<unknown> {
    const { method, params, signal } = call;
    if (method === 'chat.send') return await this.#run(call);
    const path = reads.get(method);
    if (path) return await this.#ask('GET', path, { signal });
    const folder = readsById.get(method);
    if (!folder) throw methodNotFound(method);
    return await this.#ask('GET', folder + encodeURIComponent(textOf(params, 'id')), { signal });
  }

  async look(): Promise<AgentState> {
    try {
      const health = (await this.#ask('GET', '/health', { signal: AbortSignal.timeout(5_000) })) as {
        version?: string;
      };
      return { reachable: true, ...(health?.version ? { version: health.version } : {}) };
    } catch (error) {
      return { reachable: false, problem: (error as Error).message };
    }
  }

  async close(): Promise<void> {}

  async #run({ id, params, signal, progress }: AgentCall): Promise<unknown> {
    const { sessionId } = (params ?? {}) as { sessionId?: unknown };
    const body = {
      input: textOf(params, 'message'),
      ...(sessionId ? { session_id: String(sessionId) } : {}),
    };
    const { run_id } = (await this.#ask('POST', '/v1/runs', { signal, body, idempotencyKey: id })) as Run;
    const path = `/v1/runs/${encodeURIComponent(run_id)}`;
    const stop = () => void this.#ask('POST', `${path}/stop`, { body: {} }).catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#follow(`${path}/events`, signal, progress);
      for (;;) {
        const run = (await this.#ask('GET', path, { signal })) as Run;
        if (!underWay.has(run.status)) return run;
        await pause(lookAgainMs, undefined, { signal });
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #follow(path: string, signal: AbortSignal, progress: (data: unknown) => void): Promise<void> {
    const response = await this.#send('GET', path, { signal });
    const parser = createParser({
      onEvent: ({ data }) => {
        try {
          progress(JSON.parse(data));
        } catch {}
      },
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      if (signal.aborted) throw error;
      // What the run says in the end is asked for all the same.
    }
  }

  async #ask(verb: string, path: string, asking: Asking): Promise<unknown> {
    const response = await this.#send(verb, path, asking);
    try {
      return await response.json();
    } catch {
      throw agentAway(`it answered ${path} with something else than JSON.`);
    }
  }

  async #send(verb: string, path: string, { signal, body, idempotencyKey }: Asking): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.endpoint + path, {
        method: verb,
        redirect: 'error',
        ...(signal ? { signal } : {}),
        ...(body ? { body: JSON.stringify(body) } : {}),
        headers: {
          ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        },
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw agentAway('nothing answers at its endpoint.');
    }
    if (response.ok) return response;
    if (response.status === 401 || response.status === 403)
      throw agentAway('it refuses the key: set API_SERVER_KEY to the one of Hermes.');
    if (response.status === 404) throw new MethodError('The agent has nothing like that.', 'not_found');
    if (response.status === 429) throw new MethodError('The agent has all the runs it takes.', 'busy');
    throw new MethodError(`The agent answered with status ${response.status}.`, 'agent_failed');
  }
}

interface Asking {
  signal?: AbortSignal;
  body?: object;
  idempotencyKey?: string;
}

function textOf(params: unknown, name: string): string {
  const value = ((params ?? {}) as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '')
    throw new MethodError(`params.${name} must be a text`, -32602);
  return value;
}
