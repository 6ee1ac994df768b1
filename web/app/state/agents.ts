/** The agents that this device is paired with. */
import { batch, type Signal, signal } from '@preact/signals';
import { type Credentials, open, type RelayApp, pair as redeem } from 'agenttown-relay-client/app';
import { type CallKeys, sealApp } from 'agenttown-relay-client/sealed';
import type { Vault } from './vault';

/** An agent as it is kept. */
export interface AgentRecord {
  readonly credentials: Credentials;
  /** What this device calls it; empty: what it calls itself. */
  readonly label: string;
  readonly pairedAtMs: number;
  readonly usedAtMs: number;
}

/** An agent as it is shown. */
export interface Agent {
  readonly id: string;
  readonly record: Signal<AgentRecord>;
  readonly app: RelayApp;
  /** Whether its runtime is there; undefined until the relay has said so. */
  readonly isHere: Signal<boolean | undefined>;
  readonly lastSeenMs: Signal<number | undefined>;
  /** Whether the relay could be asked. */
  readonly isReachable: Signal<boolean>;
  /** The token is dead. */
  readonly isRevoked: Signal<boolean>;
  /** Whether a socket is open, on which the relay tells what happens. */
  readonly isTold: Signal<boolean>;
}

/** All of them, the last used first; undefined while they are read. */
export const agents = signal<readonly Agent[] | undefined>(undefined);
/** Where they are kept. */
export const vault = signal<Vault | undefined>(undefined);

/** The relay is where the page came from. */
export const serverUrl = new URL('.', location.href).href.replace(/\/$/, '');

/** Reads what is kept. */
export async function loadAgents(from: Vault): Promise<void> {
  vault.value = from;
  const records = await from.all<AgentRecord>('agent');
  agents.value = records.sort((a, b) => b.usedAtMs - a.usedAtMs).map(bring);
  for (const agent of agents.value) void look(agent);
}

/** The keys of running calls, so that a page that comes back reads how they ended. They seal nothing. */
const callKeys: CallKeys = {
  get: async (id) => await vault.value?.get<string>('key', id),
  put: async (id, key) => await vault.value?.put('key', id, key).catch(() => {}),
  remove: async (id) => await vault.value?.remove('key', id).catch(() => {}),
};

/**
 * Redeems a code: sealed where it has sixteen characters. Throws what the library throws; `onWaiting` is told while its runtime is
 * waited for.
 */
export async function pairWith(code: string, label: string, onWaiting: () => void): Promise<Agent> {
  const about = { way: 'http', seal: sealApp(), onWaiting } as const;
  const redeemed = await redeem(serverUrl, code, label ? { label, ...about } : about);
  redeemed.close();
  return await keep(redeemed.credentials);
}

async function keep(credentials: Credentials): Promise<Agent> {
  const now = Date.now();
  const agent = bring({ credentials, label: '', pairedAtMs: now, usedAtMs: now });
  const others = (agents.value ?? []).filter(({ id }) => id !== agent.id);
  agents.value = [agent, ...others];
  await save(agent);
  void look(agent);
  return agent;
}

function bring(record: AgentRecord): Agent {
  const app = open(record.credentials, { seal: sealApp({ calls: callKeys }) });
  const agent: Agent = {
    id: record.credentials.clientId,
    record: signal(record),
    app,
    isHere: signal(undefined),
    lastSeenMs: signal(undefined),
    isReachable: signal(true),
    isRevoked: signal(false),
    isTold: signal(false),
  };
  app.on('presence', ({ connected }) => {
    agent.isHere.value = connected;
    if (!connected) agent.lastSeenMs.value = Date.now();
  });
  app.on('socket', ({ open }) => {
    agent.isTold.value = open;
  });
  app.on('unauthorized', () => {
    agent.isRevoked.value = true;
  });
  return agent;
}

/** Asks the relay how the agent is; whoever is looked at is watched from then on. */
export async function look(agent: Agent): Promise<void> {
  if (agent.isRevoked.value) return;
  try {
    const { connected, lastSeenAt, displayName, runtimeType, capabilities } = await agent.app.status();
    batch(() => {
      agent.isHere.value = connected;
      agent.isReachable.value = true;
      agent.lastSeenMs.value = lastSeenAt ? Date.parse(lastSeenAt) : undefined;
      const { record } = agent;
      record.value = {
        ...record.value,
        credentials: { ...record.value.credentials, displayName, runtimeType, capabilities },
      };
    });
    agent.app.watch();
  } catch (error) {
    const { name } = error as Error;
    if (name === 'Unauthorized') agent.isRevoked.value = true;
    else agent.isReachable.value = false;
  }
}

/** Notes that an agent was used, or is called otherwise. */
export async function change(
  agent: Agent,
  part: Partial<Pick<AgentRecord, 'label' | 'usedAtMs'>>,
): Promise<void> {
  agent.record.value = { ...agent.record.value, ...part };
  await save(agent);
}

/** Gives the pairing up. What the relay cannot be told is forgotten here all the same. */
export async function removeAgent(agent: Agent): Promise<void> {
  await agent.app.unpair().catch(() => agent.app.close());
  agents.value = (agents.value ?? []).filter(({ id }) => id !== agent.id);
  await vault.value?.remove('agent', agent.id);
}

/** What this device calls an agent. */
export function nameOf({ record }: Agent): string {
  const { label, credentials } = record.value;
  return label || credentials.displayName || credentials.runtimeType || 'Agent';
}

/** The methods that an agent says it has, as far as they are names. */
export function methodsOf({ record }: Agent): string[] {
  const { capabilities } = record.value.credentials;
  const list = Array.isArray(capabilities)
    ? capabilities
    : (capabilities as { methods?: unknown } | undefined)?.methods;
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];
}

async function save(agent: Agent): Promise<void> {
  await vault.value?.put('agent', agent.id, agent.record.value).catch(() => {});
}
