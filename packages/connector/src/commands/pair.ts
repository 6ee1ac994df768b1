/** `agenttown pair`: leaves a descriptor of the agent behind a code, for an App that reaches the agent by itself. */
import { leaveDescriptor } from 'agenttown-relay-client/runtime';
import { agentAt } from '../choose-agent';
import { newPairingCode } from '../pairing-code';
import { type AgentOptions, machineName, placeOf, type Surroundings } from './context';

/** Its options. */
export interface PairOptions extends AgentOptions {
  agenttownUrl?: string;
  name?: string;
  codeOnly?: boolean;
}

/** Leaves it, and prints the code. */
export async function pair(options: PairOptions, around: Surroundings): Promise<void> {
  const { home, environment, say, version } = around;
  const kept = await home.load();
  const url = options.agenttownUrl ?? environment.AGENTTOWN_URL ?? kept.identity?.serverUrl;
  const place = placeOf(options, kept);
  if (!place.endpoint) throw new Error('A descriptor tells an App where the agent is: --endpoint <url>');
  const agent = await agentAt(place, around);
  if (!url) throw new Error('Say where the relay is: --agenttown-url <url>');
  await agent.close();
  const pairingCode = newPairingCode();
  const { expiresAt } = await leaveDescriptor(url, {
    pairingCode,
    token: environment.AGENTTOWN_PAIRING_TOKEN,
    descriptor: {
      type: 'agenttown.runtime_pairing.v1',
      runtimeType: agent.type,
      displayName: options.name ?? machineName(),
      endpoint: place.endpoint,
      capabilities: [...agent.usuallyAllowed],
      connectorVersion: version,
    },
  });
  say(options.codeOnly ? pairingCode : `Type this code into the App, before ${expiresAt}: ${pairingCode}`);
}
