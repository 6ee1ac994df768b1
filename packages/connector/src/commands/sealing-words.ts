/** What the person at this machine is told of sealing: the name of the event, and what is about it. */
import type { SealEvent } from 'agenttown-relay-client/runtime';

/** Puts an event into words. */
export function sealingWords(event: SealEvent): [string, Record<string, unknown>] {
  const { what, clientId } = event;
  if (what === 'sealed') return ['sealed', { clientId, fingerprint: event.fingerprint }];
  if (what === 'refused-unsealed')
    return ['refused', { clientId, detail: 'This App did not seal its pairing.' }];
  const { guessesLeft } = event;
  const detail =
    guessesLeft > 0
      ? 'The last four characters of the code were wrong.'
      : 'The last four characters of the code were wrong three times and are dead. Somebody may be guessing: agenttown relay-pair shows a new code.';
  return ['wrong-code', { clientId, guessesLeft, detail }];
}
