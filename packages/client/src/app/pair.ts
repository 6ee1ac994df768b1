/** From a code to an App that can call, and back to it after a restart. */
import { ask, serverAt } from '../wire/http';
import type { Store } from '../wire/store';
import { type AppOptions, type Credentials, open, type RelayApp } from './relay-app';

/** How an App pairs. */
export interface PairOptions extends AppOptions {
  /** What the runtime's owner sees in the list of clients: 1 to 64 characters. */
  label?: string;
  /** Where the credentials are kept, for `reopen`. */
  store?: Store<Credentials>;
  /** Told when the store failed, as on a full disk. */
  onNotKept?: (error: unknown) => void;
}

/**
 * Redeems a code, once. Throws `CodeNotFound`, `RateLimited`, `Conflict` (the gateway has all its clients), `Unreachable`;
 * after a lost answer the code may be used up: ask the runtime for another. Credentials that could not be kept are told
 * to `onNotKept`; the App works on with them.
 */
export async function pair(serverUrl: string, code: string, options: PairOptions = {}): Promise<RelayApp> {
  const { label, store, onNotKept, ...rest } = options;
  const server = serverAt(serverUrl, rest.fetch);
  const redeemed = await ask<Omit<Credentials, 'serverUrl'>>(server, 'POST /api/relay/redeem', {
    body: { accessCode: code, label },
  });
  const { gatewayId, clientId, clientToken, relayUrl, runtimeType, displayName, capabilities } = redeemed;
  const about = { runtimeType, displayName, capabilities } as Partial<Credentials>;
  const credentials = { serverUrl: server.url, gatewayId, clientId, clientToken, relayUrl, ...about };
  await (async () => store?.save(credentials))().catch((error) => onNotKept?.(error));
  return open(credentials, rest);
}

/** The App as it was paired before; undefined when the store holds nothing. */
export async function reopen(
  store: Store<Credentials>,
  options: AppOptions = {},
): Promise<RelayApp | undefined> {
  const credentials = await store.load();
  return credentials && open(credentials, options);
}
