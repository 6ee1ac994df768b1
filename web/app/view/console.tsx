import { useState } from 'preact/hooks';
import { CopyButton } from '../../shared/copy-button';
import { Icon } from '../../shared/icon';
import { type Agent, methodsOf } from '../state/agents';
import { beginCall, type CallRecord, callsOf, stopCall } from '../state/calls';
import { FaultNote } from './fault-note';
import { JsonTree } from './json-tree';
import { mend } from './mend';

const METHOD_RULE = /^(?!relay\.)[A-Za-z0-9._:/-]{1,128}$/;

/** Calls any method of an agent and shows what came of it. */
export function Console({ agent }: { agent: Agent }) {
  const [method, setMethod] = useState('agenttown.status');
  const [params, setParams] = useState('');
  const [seconds, setSeconds] = useState(30);
  const [chosen, choose] = useState<string>();
  const calls = callsOf(agent).value.filter(({ kind }) => kind === 'console');
  const call = calls.find(({ id }) => id === chosen) ?? calls.at(-1);
  const problem = problemOf(params);
  const isMethod = METHOD_RULE.test(method);
  const send = () => {
    if (problem || !isMethod) return;
    const given = params.trim() ? { params: JSON.parse(params) } : {};
    choose(beginCall(agent, { kind: 'console', method, ...given, timeoutMs: seconds * 1000 }));
  };
  return (
    <div class="console">
      <form
        class="card ask"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label for="method">Method</label>
        <input
          id="method"
          list="methods"
          value={method}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={128}
          aria-invalid={isMethod ? undefined : true}
          onInput={({ currentTarget }) => setMethod(currentTarget.value.trim())}
        />
        <datalist id="methods">
          {methodsOf(agent).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <label for="params">Params (JSON)</label>
        <textarea
          id="params"
          rows={4}
          value={params}
          placeholder="{}"
          spellcheck={false}
          aria-invalid={problem ? true : undefined}
          aria-describedby="params-problem"
          onInput={({ currentTarget }) => setParams(currentTarget.value)}
        />
        <p id="params-problem" class="fine" data-tone="bad">
          {isMethod ? problem : 'A method has letters, digits and . _ : / - and does not begin with "relay."'}
        </p>
        <div class="ask-end">
          <label for="seconds">Time-out</label>
          <select
            id="seconds"
            value={String(seconds)}
            onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}
          >
            {[5, 30, 55, 300, 840].map((value) => (
              <option key={value} value={String(value)}>
                {value < 60 ? `${value} s` : `${value / 60} min`}
              </option>
            ))}
          </select>
          <button class="primary" type="submit" disabled={!!problem || !isMethod}>
            Call
          </button>
        </div>
      </form>
      {call && <Outcome agent={agent} call={call} />}
      {calls.length > 1 && (
        <section class="card" aria-label="Calls before">
          <h3>Calls before</h3>
          <ul class="before">
            {[...calls].reverse().map((each) => (
              <li key={each.id}>
                <button
                  type="button"
                  class="link"
                  aria-pressed={each.id === call?.id}
                  onClick={() => {
                    choose(each.id);
                    setMethod(each.method);
                    setParams(each.params === undefined ? '' : JSON.stringify(each.params, null, 2));
                  }}
                >
                  {each.method}
                </button>
                <small>{stateWords(each)}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Outcome({ agent, call }: { agent: Agent; call: CallRecord }) {
  return (
    <section class="card outcome" aria-label="Answer" aria-live="polite">
      <div class="section-head">
        <h3>{call.method}</h3>
        <span class="count" id="call-state">
          {stateWords(call)}
        </span>
        {call.state === 'answered' && (
          <CopyButton label="Copy" text={() => JSON.stringify(call.result, null, 2) ?? ''} />
        )}
        {call.state === 'running' && (
          <button class="button" type="button" onClick={() => stopCall(call.id)}>
            <Icon name="stop" />
            <span>Cancel</span>
          </button>
        )}
      </div>
      {call.steps.length > 0 && (
        <details open={call.state === 'running'}>
          <summary>
            {call.steps.length} step{call.steps.length === 1 ? '' : 's'}
          </summary>
          <ol class="steps">
            {call.steps.slice(-20).map((step, index) => (
              <li key={index}>
                <code>{JSON.stringify(step)}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      {call.state === 'answered' && <JsonTree value={call.result} />}
      {call.fault && <FaultNote fault={call.fault} onRemedy={(remedy) => mend(agent, call, remedy)} />}
    </section>
  );
}

function stateWords({ state, startedAtMs, endedAtMs }: CallRecord): string {
  if (state === 'running') return 'running';
  const ms = Math.max(0, (endedAtMs ?? startedAtMs) - startedAtMs);
  return `${state} after ${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`}`;
}

function problemOf(params: string): string {
  if (params.trim() === '') return '';
  try {
    JSON.parse(params);
    return '';
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}`;
  }
}
