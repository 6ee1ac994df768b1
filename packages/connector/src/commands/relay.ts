/** `agenttown relay`: stays connected, and passes on what is allowed. */
import { type Runtime, register } from 'agenttown-relay-client/runtime';
import { AllowList, readAllowed } from '../allow-list';
import { agentAt } from '../choose-agent';
import { serve } from '../serve';
import { type AgentOptions, machineName, placeOf, type Surroundings } from './context';
import { sealingWords } from './sealing-words';

/** Its options. */
export interface RelayOptions extends AgentOptions {
  allow?: string[];
  allowAll?: boolean;
  sealedOnly?: boolean;
  json?: boolean;
}

/** Serves until `signal` fires (0) or the identity is lost for good (1). */
export async function relay(
  options: RelayOptions,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { home, environment, version } = around;
  const identity = await home.identity();
  const kept = await home.load();
  const place = placeOf(options, kept);
  const added = (options.allow ?? kept.allow ?? []).flatMap(readAllowed);
  const more = options.allowAll ? ['*'] : added;
  const agent = await agentAt(place, { ...around, allow: more });
  const allow = new AllowList([...agent.usuallyAllowed, ...more]);
  const sealedOnly = options.sealedOnly ?? kept.sealedOnly ?? false;
  const seal = home.seal({ sealedOnly });
  const endTurn = home.takeTurn();
  const tell = teller(options.json ?? false, around);
  try {
    // What was said once holds for the service, and for the next start.
    await home.save({ agent: place, sealedOnly, ...(options.allow ? { allow: added } : {}) });
    if (options.allowAll)
      around.warn(
        'Every paired phone may call every method of this agent, also those that change or read secrets.',
      );
    const look = await agent.look();
    tell('agent', { type: agent.type, ...look });
    tell('sealing', {
      sealedOnly,
      detail: sealedOnly
        ? 'Apps that did not seal their pairing are refused.'
        : 'Apps that did not seal their pairing are taken as well, and whoever runs the relay can make one: --sealed-only refuses them.',
    });
    const runtime = serve(identity, {
      agent,
      allow,
      version,
      seal,
      onCall: (method, isAllowed) => tell(isAllowed ? 'call' : 'refused', { method }),
      onIdentityLost: async () => {
        tell('identity-lost', { detail: 'The server knows this machine no more: it is registered anew.' });
        const anew = await register(identity.serverUrl, {
          runtimeType: agent.type,
          displayName: machineName(),
          token: environment.AGENTTOWN_PAIRING_TOKEN,
          store: home.identities,
          ifLost: 'register-anew',
        });
        tell('code', { accessCode: await seal.show(anew.accessCode), expiresAt: anew.accessCodeExpiresAt });
        return anew;
      },
    });
    return await untilItEnds(runtime, tell, signal);
  } finally {
    await agent.close();
    endTurn();
  }
}

async function untilItEnds(runtime: Runtime, tell: Teller, signal: AbortSignal): Promise<number> {
  runtime.on('state', (state) => tell('relay', { state }));
  runtime.on('warning', (error) =>
    tell('warning', { detail: error instanceof Error ? error.message : String(error) }),
  );
  runtime.on('seal', (event) => tell(...sealingWords(event)));
  const leave = () => void runtime.close();
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  return (await runtime.ended) ? 1 : 0;
}

type Teller = (event: string, about: Record<string, unknown>) => void;

/** One line for each thing that happens: for people, or JSON for programs. */
function teller(asJson: boolean, { say }: Surroundings): Teller {
  return (event, about) => {
    const time = new Date().toISOString();
    if (asJson) say(JSON.stringify({ time, event, ...about }));
    else say(`${time}  ${event}  ${Object.entries(about).map(wordsOf).join(' ')}`);
  };
}

/** A member as a person reads it: `reachable`, `not reachable`, or the value. */
function wordsOf([name, value]: [string, unknown]): string {
  if (typeof value !== 'boolean') return String(value);
  return value ? name : `not ${name}`;
}
