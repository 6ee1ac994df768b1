/** Where in the App one is. Codes that come in the address are taken out of it at once. */
import { effect, signal } from '@preact/signals';
import { codeIn } from './code';

/** One place. */
export type Route =
  | { readonly name: 'agents' }
  | { readonly name: 'pair'; readonly code?: string }
  | { readonly name: 'agent'; readonly id: string; readonly tab: 'chat' | 'console' };

function read(): Route {
  const code = codeIn(location.hash);
  if (code) {
    history.replaceState(null, '', location.pathname + location.search);
    return { name: 'pair', code };
  }
  const parts = new URLSearchParams(location.hash.slice(1));
  const id = parts.get('agent');
  if (id) return { name: 'agent', id, tab: parts.get('view') === 'console' ? 'console' : 'chat' };
  return location.hash === '#pair' ? { name: 'pair' } : { name: 'agents' };
}

/** The place where one is. */
export const route = signal<Route>(read());

/** Goes elsewhere; the browser's way back leads here. */
export function goTo(next: Route): void {
  const hash = hashOf(next);
  if (hash !== location.hash) history.pushState(null, '', hash || location.pathname + location.search);
  route.value = next;
}

function hashOf(next: Route): string {
  if (next.name === 'pair') return '#pair';
  if (next.name === 'agents') return '';
  return `#${new URLSearchParams({ agent: next.id, ...(next.tab === 'console' ? { view: 'console' } : {}) })}`;
}

// Every place has a fragment of its own. `popstate` comes before it for the same step: whoever heard both would read an address
// out of which the code has been taken.
addEventListener('hashchange', () => {
  route.value = read();
});
effect(() => {
  const titles = { agents: 'AgentTown', pair: 'Pair · AgentTown', agent: 'Agent · AgentTown' };
  document.title = titles[route.value.name];
});
