import type { Agent } from '../state/agents';
import { type CallRecord, callAnew, followCall, repeatCall } from '../state/calls';
import type { Remedy } from '../state/fault';
import { goTo } from '../state/route';

/** Does what the button under a fault says. */
export function mend(agent: Agent, call: CallRecord, remedy: Remedy): void {
  if (remedy === 'again') repeatCall(agent, call.id);
  else if (remedy === 'look-again') followCall(agent, call.id);
  else if (remedy === 'again-anew') callAnew(agent, call.id);
  else if (remedy === 'pair') goTo({ name: 'pair' });
}
