import type { Agent } from '../state/agents';
import { isOnline } from '../state/online';

/** Whether an agent is there, in words. */
export function Presence({ agent }: { agent: Agent }) {
  const [words, tone] = stateOf(agent);
  return (
    <span class="presence" data-tone={tone}>
      {words}
    </span>
  );
}

function stateOf({ isRevoked, isReachable, isHere, lastSeenMs }: Agent): [words: string, tone: string] {
  if (isRevoked.value) return ['Access revoked', 'bad'];
  if (!isOnline.value) return ['Offline', 'warn'];
  if (!isReachable.value) return ['Relay out of reach', 'warn'];
  if (isHere.value === undefined) return ['Looking…', 'quiet'];
  if (isHere.value) return ['Here', 'good'];
  return [lastSeenMs.value ? `Away, seen ${ageOf(lastSeenMs.value)}` : 'Away', 'quiet'];
}

/** How long ago, in words: `just now`, `5 min ago`, `14 Nov`. */
export function ageOf(atMs: number): string {
  const minutes = Math.floor((Date.now() - atMs) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  return new Date(atMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
