/** Registering a runtime, and issuing the codes that pair an App with it. */
import { formatCode, readAccessCode } from './codes';
import { claimOf, hashCredential, matchesHash, newId, newRelaySecret, type RandomBytes } from './credentials';
import { ApiError } from './errors';
import type { Gateway, GatewayStore, PairingStore } from './ports';
import type { RegisterRequest } from './protocol';

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
    const gatewayId = await refresh(world, request, relaySecret);
    return {
      outcome: 'refreshed',
      gatewayId,
      relaySecret,
      ...(await issueAccessCode(world, gatewayId, nowMs)),
    };
  }
  const gatewayId = newId('gw', world.random);
  const created = newRelaySecret(gatewayId, world.random);
  const gateway = {
    gatewayId,
    secretHash: hashCredential(created),
    createdAtMs: nowMs,
    ...detailsOf(request),
  };
  if ((await world.gateways.create(gateway)) === 'exists')
    throw new ApiError('internal_error', 'Please try again.');
  return {
    outcome: 'created',
    gatewayId,
    relaySecret: created,
    ...(await issueAccessCode(world, gatewayId, nowMs)),
  };
}

async function refresh(
  world: RegistrationWorld,
  request: RegisterRequest,
  relaySecret: string,
): Promise<string> {
  const gateway = await authenticateRuntime(world.gateways, relaySecret);
  if (gateway.gatewayId !== request.gatewayId) {
    throw new ApiError('forbidden', 'The relay secret belongs to another gateway than gatewayId names.');
  }
  if ((await world.gateways.describe(gateway.gatewayId, detailsOf(request))) === 'gone') throw unauthorized();
  return gateway.gatewayId;
}

/** Makes a new access code the gateway's only live one. */
export async function issueAccessCode(
  world: Pick<RegistrationWorld, 'pairings' | 'random' | 'accessCodeTtlMs'>,
  gatewayId: string,
  nowMs: number,
): Promise<IssuedCode> {
  const accessCode = formatCode(world.random(8));
  const expiresAtMs = nowMs + world.accessCodeTtlMs;
  const codeHash = hashCredential(readAccessCode(accessCode)!);
  if ((await world.pairings.issueCode({ codeHash, gatewayId, expiresAtMs })) === 'gone') throw unauthorized();
  return { accessCode, accessCodeExpiresAt: new Date(expiresAtMs).toISOString() };
}

/** The gateway that a relay secret belongs to. Throws `unauthorized` for anything else. */
export async function authenticateRuntime(
  gateways: GatewayStore,
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
