import { Icon } from '../../shared/icon';
import { type Agent, methodsOf, nameOf } from '../state/agents';
import { goTo } from '../state/route';
import { Chat, canChat } from './chat';
import { Console } from './console';
import { Lock } from './lock';
import { Presence } from './presence';

/** One agent: to chat with, and to call. */
export function AgentPage({ agent, tab }: { agent: Agent; tab: 'chat' | 'console' }) {
  const chats = canChat(agent, methodsOf(agent));
  const shown = chats ? tab : 'console';
  return (
    <main class="page agent-page">
      <div class="page-head">
        <button
          class="icon-button"
          type="button"
          aria-label="Back to the agents"
          onClick={() => goTo({ name: 'agents' })}
        >
          <Icon name="back" />
        </button>
        <div class="who">
          <h2>{nameOf(agent)}</h2>
          <div class="state">
            <Presence agent={agent} />
            <Lock agent={agent} />
          </div>
        </div>
        {chats && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend
          <div class="segments" role="group" aria-label="View">
            {(['chat', 'console'] as const).map((name) => (
              <button
                key={name}
                type="button"
                data-view={name}
                aria-pressed={shown === name}
                onClick={() => goTo({ name: 'agent', id: agent.id, tab: name })}
              >
                {name === 'chat' ? 'Chat' : 'Console'}
              </button>
            ))}
          </div>
        )}
      </div>
      {agent.isRevoked.value && (
        <div class="notice fault" data-tone="bad" role="alert">
          <span>This device is no longer paired with it: its access was revoked.</span>
          <button class="button" type="button" onClick={() => goTo({ name: 'pair' })}>
            Pair again
          </button>
        </div>
      )}
      {shown === 'chat' ? <Chat agent={agent} /> : <Console agent={agent} />}
    </main>
  );
}
