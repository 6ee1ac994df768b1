import { useState } from 'preact/hooks';
import { Dialog } from '../../shared/dialog';
import { Icon } from '../../shared/icon';
import { type Agent, agents, change, look, nameOf, removeAgent, vault } from '../state/agents';
import { forgetCalls } from '../state/calls';
import { goTo } from '../state/route';
import { ageOf, Presence } from './presence';

/** The agents of this device. */
export function AgentsList() {
  const [asked, ask] = useState<{ agent: Agent; about: 'name' | 'removal' }>();
  return (
    <main class="page">
      <div class="page-head">
        <h2>Agents</h2>
        <button class="button" type="button" onClick={() => goTo({ name: 'pair' })}>
          <Icon name="add" />
          <span>Pair another</span>
        </button>
      </div>
      {vault.value && !vault.value.lasts && (
        <p class="notice" data-tone="warn">
          This browser keeps no secrets for this address: the agents are forgotten when you close the page.
        </p>
      )}
      <ul class="agents">
        {(agents.value ?? []).map((agent) => (
          <li key={agent.id} class="agent">
            <button
              type="button"
              class="agent-open"
              onClick={() => goTo({ name: 'agent', id: agent.id, tab: 'chat' })}
            >
              <strong>{nameOf(agent)}</strong>
              <small>
                {agent.record.value.credentials.runtimeType} · used {ageOf(agent.record.value.usedAtMs)}
              </small>
              <Presence agent={agent} />
            </button>
            <div class="agent-actions">
              {!agent.isReachable.value && (
                <button class="button" type="button" onClick={() => void look(agent)}>
                  Look again
                </button>
              )}
              <button class="button" type="button" onClick={() => ask({ agent, about: 'name' })}>
                Rename
              </button>
              <button class="button" type="button" onClick={() => ask({ agent, about: 'removal' })}>
                Remove
              </button>
            </div>
          </li>
        ))}
      </ul>
      {asked?.about === 'name' && <Rename agent={asked.agent} onClose={() => ask(undefined)} />}
      {asked?.about === 'removal' && <Removal agent={asked.agent} onClose={() => ask(undefined)} />}
    </main>
  );
}

function Rename({ agent, onClose }: { agent: Agent; onClose(): void }) {
  const [label, setLabel] = useState(agent.record.value.label || nameOf(agent));
  return (
    <Dialog id="rename" title="Rename the agent" note="On this device only." small onClose={onClose}>
      <form
        class="dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          void change(agent, { label: label.trim() });
          onClose();
        }}
      >
        <label for="label">Name</label>
        <input
          id="label"
          value={label}
          maxLength={64}
          onInput={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <button class="primary" type="submit">
          Save
        </button>
      </form>
    </Dialog>
  );
}

function Removal({ agent, onClose }: { agent: Agent; onClose(): void }) {
  const remove = async () => {
    onClose();
    await removeAgent(agent);
    await forgetCalls(agent);
  };
  return (
    <Dialog id="removal" title={`Remove ${nameOf(agent)}?`} small onClose={onClose}>
      <div class="dialog-body">
        <p>This device's access ends at once, and its history is forgotten. Another code pairs it again.</p>
        <button class="primary danger" type="button" onClick={() => void remove()}>
          Remove
        </button>
      </div>
    </Dialog>
  );
}
