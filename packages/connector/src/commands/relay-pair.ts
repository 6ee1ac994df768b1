/** `agenttown relay-pair`: makes this machine known to the relay, and shows a code for an App. */
import { register } from 'agenttown-relay-client/runtime';
import { appLink, pictureOf } from '../app-link';
import { agentAt } from '../choose-agent';
import { type AgentOptions, machineName, placeOf, type Surroundings } from './context';

/** Its options. */
export interface RelayPairOptions extends AgentOptions {
  agenttownUrl?: string;
  name?: string;
  codeOnly?: boolean;
}

/** Registers, or refreshes the identity that is kept, and prints the code. */
export async function relayPair(options: RelayPairOptions, around: Surroundings): Promise<void> {
  const { home, environment, say, warn } = around;
  const kept = await home.load();
  const url = options.agenttownUrl ?? environment.AGENTTOWN_URL ?? kept.identity?.serverUrl;
  const place = placeOf(options, kept);
  const agent = await agentAt(place, around);
  if (!url) throw new Error('Say where the relay is: --agenttown-url <url>');
  const { accessCode, accessCodeExpiresAt, isNew } = await register(url, {
    runtimeType: agent.type,
    displayName: options.name ?? machineName(),
    machineId: machineName(),
    capabilities: [...agent.usuallyAllowed],
    token: environment.AGENTTOWN_PAIRING_TOKEN,
    store: home.identities,
    ifLost: 'register-anew',
    onNotKept: (error) => warn(`This pairing could not be kept in ${home.file}: ${(error as Error).message}`),
  });
  await home.save({ agent: place });
  await agent.close();
  const code = await home.seal().show(accessCode);
  if (options.codeOnly) {
    say(code);
    return;
  }
  say(
    `${isNew ? 'Registered' : 'Known already'}. Type this code into the App, before ${accessCodeExpiresAt}:`,
  );
  say('');
  say(`    ${code}`);
  say('');
  say(
    'Its last four characters stay between the App and this machine: with them the relay cannot read what is said.',
  );
  say('');
  const link = await appLink(url, code);
  if (link !== undefined) {
    say(`or open ${link}`);
    say('');
    if (around.isTerminal) say(pictureOf(link));
  }
  say('The pairing is made while this runs; keep it running: agenttown relay');
}
