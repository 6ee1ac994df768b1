/** `agenttown status | clients | unpair`: what the owner of this machine sees, and ends. */
import {
  gatewayStatus,
  listClients,
  NotFound,
  removeGateway,
  revokeClient,
  Unauthorized,
} from 'agenttown-relay-client/runtime';
import { agentAt } from '../choose-agent';
import { placeOf, type Surroundings } from './context';

/** Prints how relay and agent are; 1 where one of them is away. */
export async function status({ json }: { json?: boolean }, around: Surroundings): Promise<number> {
  const { home, say, version } = around;
  const identity = await home.identity();
  const agent = await agentAt(placeOf({}, await home.load()), around);
  const [relay, look] = await Promise.all([
    gatewayStatus(identity).catch((error) => ({ connected: false, problem: (error as Error).message })),
    agent.look(),
  ]);
  await agent.close();
  const { serverUrl, gatewayId } = identity;
  const all = { version, serverUrl, gatewayId, relay, agent: { type: agent.type, ...look } };
  if (json) say(JSON.stringify(all));
  else {
    say(
      `relay    ${serverUrl}: ${relay.connected ? 'connected' : 'not connected'} ${'problem' in relay ? relay.problem : ''}`,
    );
    say(`gateway  ${gatewayId}`);
    say(
      `agent    ${agent.type}: ${look.reachable ? `reachable ${look.version ?? ''}` : (look.problem ?? 'away')}`,
    );
  }
  return relay.connected && look.reachable ? 0 : 1;
}

/** Prints the paired Apps. */
export async function clients({ json }: { json?: boolean }, { home, say }: Surroundings): Promise<void> {
  const sealed = new Map((await home.seal().clients()).map((each) => [each.clientId, each]));
  const listed = await listClients(await home.identity());
  const all = listed.map((client) => {
    const { fingerprint, sealedAt } = sealed.get(client.clientId) ?? {};
    return { ...client, sealed: sealedAt !== undefined, ...(sealedAt ? { fingerprint, sealedAt } : {}) };
  });
  if (json) say(JSON.stringify(all));
  else if (all.length === 0) say('No App is paired.');
  else
    for (const { clientId, label, lastUsedAt, fingerprint } of all)
      say(
        `${clientId}  ${label ?? '-'}  last used ${lastUsedAt}  ${fingerprint ? `sealed ${fingerprint}` : 'not sealed'}`,
      );
}

/** Ends an App's access. */
export async function revoke(clientId: string, { home, say }: Surroundings): Promise<void> {
  await revokeClient(await home.identity(), clientId);
  say(`${clientId} has no access any more.`);
}

/** Gives everything up: at the relay, and here. */
export async function unpair({ home, say }: Surroundings): Promise<void> {
  const identity = await home.identity();
  await removeGateway(identity).catch((error) => {
    // A server that knows it no more has nothing left to remove.
    if (!(error instanceof Unauthorized || error instanceof NotFound)) throw error;
  });
  await home.clear();
  say('This machine is known to the relay no more; no App reaches it.');
}
