import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/icon';
import type { Agent } from '../state/agents';
import { beginCall, type CallRecord, callsOf, stopCall } from '../state/calls';
import { isOnline } from '../state/online';
import { FaultNote } from './fault-note';
import { JsonTree } from './json-tree';
import { mend } from './mend';

const METHOD = 'chat.send';
/** Agents that are known to chat, whatever they list. */
const CHATTING = new Set(['openclaw', 'hermes']);
const LONGEST_MS = 840_000;

/** Whether an agent can be talked to. */
export function canChat({ record }: Agent, methods: readonly string[]): boolean {
  return methods.includes(METHOD) || CHATTING.has(record.value.credentials.runtimeType ?? '');
}

/** What was said, and a field for what to say next. */
export function Chat({ agent }: { agent: Agent }) {
  const calls = callsOf(agent).value.filter(({ kind }) => kind === 'chat');
  const [text, setText] = useState('');
  const end = useRef<HTMLDivElement>(null);
  const last = calls.at(-1);
  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [last?.id, last?.text.length, last?.state]);
  const send = () => {
    const message = text.trim();
    if (!message) return;
    beginCall(agent, {
      kind: 'chat',
      method: METHOD,
      params: { sessionKey: 'main', message },
      timeoutMs: LONGEST_MS,
    });
    setText('');
  };
  return (
    <>
      <div class="talk" role="log" aria-label="Chat" aria-live="polite">
        {calls.length === 0 && (
          <p class="empty-note">Say something. The run goes on when the phone sleeps.</p>
        )}
        {calls.map((call) => (
          <Turn key={call.id} agent={agent} call={call} />
        ))}
        <div ref={end} />
      </div>
      <form
        class="say"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label class="hidden-text" for="say">
          Message
        </label>
        <textarea
          id="say"
          rows={1}
          value={text}
          placeholder={
            agent.isHere.value === false ? 'The agent is away; a message waits ten seconds' : 'Message'
          }
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button class="icon-button send" type="submit" aria-label="Send" disabled={text.trim() === ''}>
          <Icon name="send" />
        </button>
      </form>
    </>
  );
}

function Turn({ agent, call }: { agent: Agent; call: CallRecord }) {
  const { message } = (call.params ?? {}) as { message?: unknown };
  return (
    <>
      <p class="said mine">{String(message ?? '')}</p>
      <div class="said theirs" data-state={call.state} aria-busy={call.state === 'running'}>
        {call.text && <p class="words">{call.text}</p>}
        {call.state === 'running' && (
          <div class="running">
            <span>{waitingWords(agent, call)}</span>
            <button class="button" type="button" onClick={() => stopCall(call.id)}>
              <Icon name="stop" />
              <span>Stop</span>
            </button>
          </div>
        )}
        {call.state === 'answered' && !call.text && <JsonTree value={call.result} />}
        {call.fault && <FaultNote fault={call.fault} onRemedy={(remedy) => mend(agent, call, remedy)} />}
      </div>
    </>
  );
}

function waitingWords(agent: Agent, call: CallRecord): string {
  if (!isOnline.value) return 'This device is offline; what the agent has goes on.';
  if (agent.isHere.value === false) return 'The agent is away: waiting for it to come back.';
  return call.text || call.steps.length > 0 ? 'Going on…' : 'Waiting for the agent…';
}
