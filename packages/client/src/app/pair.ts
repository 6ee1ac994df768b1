/** From a code to an App that can call, and back to it after a restart. */
import { readCode } from '../wire/code';
import { invalid, ownError, RuntimeError, RuntimeOffline, SealBroken } from '../wire/errors';
import { ask, serverAt } from '../wire/http';
import type { AppSeal } from '../wire/seal';
import type { Store } from '../wire/store';
import { now, pause } from '../wire/time';
import { type AppOptions, type Credentials, open, RelayApp } from './relay-app';

/** How an App pairs. */
export interface PairOptions extends AppOptions {
  /** What the runtime's owner sees in the list of clients: 1 to 64 characters. */
  label?: string;
  /** Where the credentials are kept, for `reopen`. */
  store?: Store<Credentials>;
  /** Told when the store failed, as on a full disk. */
  onNotKept?: (error: unknown) => void;
  /** Told while a sealed pairing waits for its runtime, which the code alone does not need. */
  onWaiting?: () => void;
  /** How long it waits, in milliseconds. Default 120,000. */
  sealPatienceMs?: number;
}

/**
 * Redeems a code, once. Throws `CodeNotFound`, `RateLimited`, `Conflict` (the gateway has all its clients), `Unreachable`;
 * after a lost answer the code may be used up: ask the runtime for another. Credentials that could not be kept are told
 * to `onNotKept`; the App works on with them.
 *
 * A code of sixteen characters seals the pairing: twelve go to the relay, and by the last four App and runtime find a key that the
 * relay does not have. It throws `SealBroken` where they do not: the App is then not paired, and never unsealed. A code of twelve
 * pairs unsealed: `app.sealed` is undefined.
 */
export async function pair(serverUrl: string, code: string, options: PairOptions = {}): Promise<RelayApp> {
  const { label, store, onNotKept, onWaiting, sealPatienceMs = 120_000, ...rest } = options;
  const { accessCode, seal: typed } = readCode(code);
  if (typed !== undefined && !rest.seal)
    throw invalid(
      'code',
      'is one that seals: pass seal, which is sealApp() of agenttown-relay-client/sealed',
    );
  const server = serverAt(serverUrl, rest.fetch);
  const redeemed = await ask<Omit<Credentials, 'serverUrl'>>(server, 'POST /api/relay/redeem', {
    body: { accessCode, label },
  });
  const { gatewayId, clientId, clientToken, relayUrl, runtimeType, displayName, capabilities } = redeemed;
  const about = { runtimeType, displayName, capabilities } as Partial<Credentials>;
  const credentials: Credentials = {
    serverUrl: server.url,
    gatewayId,
    clientId,
    clientToken,
    relayUrl,
    ...about,
  };
  if (typed !== undefined && rest.seal) {
    const exchange = new Unsealed(credentials, rest);
    try {
      credentials.seal = await exchange.seal(
        rest.seal,
        { accessCode, seal: typed },
        sealPatienceMs,
        onWaiting,
      );
    } catch (error) {
      // A client that nobody holds: its runtime need not list it.
      await exchange.unpair().catch(() => {});
      throw sealingFailure(error);
    } finally {
      exchange.close();
    }
  }
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

/** Why the pairing was not sealed. */
function sealingFailure(error: unknown): unknown {
  if (!(error instanceof RuntimeError)) return ownError(error);
  const { code, message } = error;
  const words = code === -32601 ? 'This runtime does not seal: no pairing was made.' : message;
  return new SealBroken(words, { code, cause: error });
}

/** An App that was given its token, and has not proved its code to the runtime yet. */
class Unsealed extends RelayApp {
  /** Pairs; waits for a runtime that is away. */
  async seal(
    seal: AppSeal,
    code: { accessCode: string; seal: string },
    patienceMs: number,
    onWaiting: () => void = () => {},
  ) {
    const endsAtMs = now() + patienceMs;
    for (;;) {
      try {
        return await seal.pair(code, this.credentials, this.plainCall);
      } catch (error) {
        if (!(error instanceof RuntimeOffline) || now() >= endsAtMs) throw error;
        onWaiting();
        await pause(1_000);
      }
    }
  }
}
