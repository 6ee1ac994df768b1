import { render } from 'preact';
import { Mark } from '../shared/icon';
import { ThemeButton } from '../shared/theme';
import { agents, loadAgents, look } from './state/agents';
import { loadCalls } from './state/calls';
import { goTo, route } from './state/route';
import { openVault } from './state/vault';
import { AgentPage } from './view/agent-page';
import { AgentsList } from './view/agents-list';
import { Pair } from './view/pair';

function Page() {
  return (
    <>
      <header class="top">
        <button class="brand" type="button" onClick={() => goTo({ name: 'agents' })}>
          <Mark />
          <h1>AgentTown</h1>
        </button>
        <div class="top-actions">
          <ThemeButton />
        </div>
      </header>
      <Place />
    </>
  );
}

function Place() {
  const place = route.value;
  if (agents.value === undefined) return <main class="page" aria-busy="true" />;
  if (place.name === 'pair' || agents.value.length === 0) {
    return <Pair code={place.name === 'pair' ? place.code : undefined} />;
  }
  const agent = place.name === 'agent' ? agents.value.find(({ id }) => id === place.id) : undefined;
  return agent && place.name === 'agent' ? (
    <AgentPage key={agent.id} agent={agent} tab={place.tab} />
  ) : (
    <AgentsList />
  );
}

/** A phone that wakes, or finds its network again, looks how its agents are. */
function lookAtAll(): void {
  if (document.hidden) return;
  for (const agent of agents.value ?? []) void look(agent);
}
/** Where no socket gets through nobody tells who comes and goes: it is asked for, while somebody looks. */
const ASK_EVERY_MS = 5_000;
setInterval(() => {
  if (document.hidden) return;
  for (const agent of agents.value ?? []) if (!agent.isTold.value) void look(agent);
}, ASK_EVERY_MS);
for (const event of ['online', 'offline', 'focus']) addEventListener(event, lookAtAll);
document.addEventListener('visibilitychange', lookAtAll);

render(<Page />, document.getElementById('page')!);

async function start(): Promise<void> {
  await loadAgents(await openVault());
  await loadCalls(agents.value ?? []);
  // The shell is there without a network; what it shows needs none.
  await navigator.serviceWorker?.register('app/sw.js', { scope: 'app' }).catch(() => {});
}
void start();
