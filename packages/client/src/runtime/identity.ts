/** Who a runtime is to the relay, and how it becomes so. */
import { IdentityLost, Unauthorized } from '../wire/errors';
import { ask, type Server, serverAt } from '../wire/http';
import type { Store } from '../wire/store';

/** What a runtime keeps. `relaySecret` speaks for it. */
export interface Identity {
  serverUrl: string;
  gatewayId: string;
  relaySecret: string;
  /** Where its socket goes. */
  relayUrl: string;
}

/** A code for one App. */
export interface AccessCode {
  accessCode: string;
  /** ISO 8601, by the server's clock. */
  accessCodeExpiresAt: string;
}

/** How a runtime describes itself. */
export interface RegisterOptions {
  /** 1 to 64 characters, such as `openclaw`. */
  runtimeType: string;
  displayName?: string;
  machineId?: string;
  /** An array or an object of 8 KiB at most. */
  capabilities?: unknown[] | Record<string, unknown>;
  /** The server's registration token, where it wants one. */
  token?: string | undefined;
  /** Where the identity is kept: a kept one is refreshed, so that paired Apps stay paired. Without it every run is a new identity. */
  store?: Store<Identity>;
  /** What to do when the server knows the kept identity no more. Default `throw`: `IdentityLost`. */
  ifLost?: 'throw' | 'register-anew';
  /** Told when the identity could not be kept, as on a full disk. The runtime goes on with what it has. */
  onNotKept?: (error: unknown) => void;
  fetch?: typeof fetch;
}

/**
 * Registers a runtime, or refreshes the identity that its store has for this server. Throws `Unauthorized` for a wrong
 * token, `IdentityLost`, `Unreachable`, `RateLimited`.
 */
export async function register(
  serverUrl: string,
  options: RegisterOptions,
): Promise<Identity & AccessCode & { isNew: boolean }> {
  const server = serverAt(serverUrl, options.fetch);
  const { store, onNotKept, token } = options;
  const kept = await (async () => store?.load())().catch(() => undefined);
  // Another server's secret is none of this one's business.
  const known = kept?.serverUrl === server.url && kept.relaySecret ? kept : undefined;
  const { runtimeType, displayName, machineId, capabilities } = options;
  const details = { runtimeType, displayName, machineId, capabilities };
  const post = (more: object) =>
    ask<Identity & AccessCode>(server, 'POST /api/relay/register', {
      body: { ...details, ...more },
      credential: token,
    });
  const refresh = async ({ gatewayId, relaySecret }: Identity) => {
    try {
      return await post({ gatewayId, relaySecret });
    } catch (error) {
      // 401 is the answer to a wrong token as well.
      if (!(error instanceof Unauthorized) || !(await isLost(server, relaySecret))) throw error;
      if (options.ifLost === 'register-anew') return undefined;
      throw identityLost(gatewayId, error);
    }
  };
  const refreshed = known && (await refresh(known));
  const answer = refreshed ?? (await post({}));
  const { gatewayId, relaySecret, relayUrl, accessCode, accessCodeExpiresAt } = answer;
  const identity = { serverUrl: server.url, gatewayId, relaySecret, relayUrl };
  await (async () => store?.save(identity))().catch((error) => onNotKept?.(error));
  return { ...identity, accessCode, accessCodeExpiresAt, isNew: !refreshed };
}

/** Whether the server says, in its own words, that it knows this secret no more. */
export async function isLost(server: Server, relaySecret: string): Promise<boolean> {
  return ask(server, 'GET /api/relay/status', { credential: relaySecret }).then(
    () => false,
    (error) => error instanceof Unauthorized,
  );
}

/** The error that says so. */
export function identityLost(gatewayId: string, cause?: unknown): IdentityLost {
  return new IdentityLost(`The server knows ${gatewayId} no more, or its secret was changed elsewhere.`, {
    code: 'identity_lost',
    cause,
  });
}
