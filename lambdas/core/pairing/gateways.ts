/** Registering a runtime, and issuing the codes that pair an App with it. */

import { ApiError } from '../wire/errors';
import type { RegisterRequest } from '../wire/protocol';
import { formatCode, readAccessCode } from './codes';
import { claimOf, hashCredential, matchesHash, newId, newRelaySecret, type RandomBytes } from './credentials';
import type { Gateway, GatewayStore, PairingStore } from './ports';

/** What registering needs. */
export interface RegistrationWorld {
  gateways: GatewayStore;
  pairings: PairingStore;
  random: RandomBytes;
  accessCodeTtlMs: number;
}

/** A code as its owner gets it; the only time that it is seen in clear. */
export interface IssuedCode {
  accessCode: string;
  accessCodeExpiresAt: string;
}

/** Registers a new gateway, or refreshes the one that the request names and proves. */
export async function registerGateway(
  world: RegistrationWorld,
  request: RegisterRequest,
  nowMs: number,
): Promise<{ outcome: 'created' | 'refreshed'; gatewayId: string; relaySecret: string } & IssuedCode> {
  const { relaySecret } = request;
  if (relaySecret !== undefined) {
    const gateway = await refresh(world, request, relaySecret);
    const issued = await issueAccessCode(world, gateway, nowMs);
    return { outcome: 'refreshed', gatewayId: gateway.gatewayId, relaySecret, ...issued };
  }
  const gatewayId = newId('gw', world.random);
  const created = newRelaySecret(gatewayId, world.random);
  const gateway = {
    gatewayId,
    secretHash: hashCredential(created),
    createdAtMs: nowMs,
    sockets: [],
    ...detailsOf(request),
  };
  if ((await world.gateways.create(gateway)) === 'exists')
    throw new ApiError('internal_error', 'Please try again.');
  const issued = await issueAccessCode(world, gateway, nowMs);
  return { outcome: 'created', gatewayId, relaySecret: created, ...issued };
}

async function refresh(
  world: RegistrationWorld,
  request: RegisterRequest,
  relaySecret: string,
): Promise<Gateway> {
  const gateway = await authenticateRuntime(world.gateways, relaySecret);
  if (gateway.gatewayId !== request.gatewayId) {
    throw new ApiError('forbidden', 'The relay secret belongs to another gateway than gatewayId names.');
  }
  if ((await world.gateways.describe(gateway.gatewayId, detailsOf(request))) === 'gone') throw unauthorized();
  return gateway;
}

/** How often somebody else may issue or redeem the gateway's code in between before a caller is asked to try again. */
const issueTries = 8;

/** Makes a new access code the gateway's only live one. `known` is the gateway as it was read last. */
export async function issueAccessCode(
  world: RegistrationWorld,
  known: Pick<Gateway, 'gatewayId' | 'accessCodeHash'>,
  nowMs: number,
): Promise<IssuedCode> {
  const { gatewayId } = known;
  const expiresAtMs = nowMs + world.accessCodeTtlMs;
  let replaces = known.accessCodeHash;
  for (let tries = 1; tries <= issueTries; tries++) {
    const accessCode = formatCode(world.random(8));
    const codeHash = hashCredential(readAccessCode(accessCode)!);
    const issued = await world.pairings.issueCode({ codeHash, gatewayId, expiresAtMs }, replaces);
    if (issued === 'issued') return { accessCode, accessCodeExpiresAt: new Date(expiresAtMs).toISOString() };
    const gateway = await world.gateways.read(gatewayId);
    if (!gateway) throw unauthorized();
    replaces = gateway.accessCodeHash;
  }
  throw new ApiError(
    'internal_error',
    'Others ask for codes of this gateway at the same time. Please try again.',
  );
}

/** The gateway that a relay secret belongs to. Throws `unauthorized` for anything else. */
export async function authenticateRuntime(
  gateways: Pick<GatewayStore, 'read'>,
  credential: string | undefined,
): Promise<Gateway> {
  const claim = claimOf(credential);
  if (claim?.role !== 'runtime') throw unauthorized();
  const gateway = await gateways.read(claim.gatewayId);
  if (!gateway || !matchesHash(credential!, gateway.secretHash)) throw unauthorized();
  return gateway;
}

/** The one answer to every credential that does not hold. */
export function unauthorized(): ApiError {
  return new ApiError('unauthorized', 'A valid credential is needed: Authorization: Bearer <credential>.');
}

function detailsOf(request: RegisterRequest) {
  const { runtimeType, displayName = runtimeType, machineId, capabilities = [] } = request;
  return { runtimeType, displayName, capabilities, ...(machineId === undefined ? {} : { machineId }) };
}
