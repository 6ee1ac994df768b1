/**
 * The descriptor rendezvous: a runtime leaves a description of itself under a code that it made up, and whoever
 * types that code gets it, once. The server keeps nothing of either afterwards.
 */

import { ApiError } from '../wire/errors';
import type { PairingRequest } from '../wire/protocol';
import { codeNotFound } from './attempts';
import { readPairingCode } from './codes';
import { hashCredential } from './credentials';
import { checkDescriptor, descriptorType, maxDescriptorBytes } from './descriptor-check';
import type { DescriptorStore } from './ports';

/** What leaving a descriptor needs. */
export interface DescriptorWorld {
  descriptors: DescriptorStore;
  pairingCodeTtlMs: number;
}

/**
 * Lets a descriptor wait behind its code. Throws `payload_too_large` over 32 KiB, `descriptor_rejected` with every
 * reason, and `code_exists` while another descriptor waits behind the same code.
 */
export async function leaveDescriptor(
  world: DescriptorWorld,
  request: PairingRequest,
  nowMs: number,
): Promise<{ type: string; expiresAt: string }> {
  const code = readPairingCode(request.pairingCode);
  if (!code) throw unreadableCode();
  const descriptor = JSON.stringify(request.descriptor);
  if (Buffer.byteLength(descriptor) > maxDescriptorBytes) {
    const detail = `The descriptor is over ${maxDescriptorBytes} bytes.`;
    throw new ApiError('payload_too_large', detail, { limitBytes: maxDescriptorBytes });
  }
  const checked = checkDescriptor(request.descriptor, code, request);
  if (!checked.ok) {
    const paths = checked.errors.map(({ path }) => path).join(', ');
    throw new ApiError('descriptor_rejected', `The descriptor is not acceptable at: ${paths}.`, {
      errors: checked.errors,
    });
  }
  const expiresAtMs = nowMs + world.pairingCodeTtlMs;
  const left = await world.descriptors.leave(
    { codeHash: hashPairingCode(code), descriptor, expiresAtMs },
    nowMs,
  );
  if (left === 'code-exists') {
    throw new ApiError(
      'code_exists',
      'A descriptor is waiting behind this pairing code already. Make a new code.',
    );
  }
  return { type: descriptorType, expiresAt: new Date(expiresAtMs).toISOString() };
}

/** Gives a descriptor away, once. Throws `code_not_found` for every code behind which nothing waits. */
export async function takeDescriptor(
  descriptors: DescriptorStore,
  pairingCode: string,
  nowMs: number,
): Promise<{ type: string; descriptor: unknown }> {
  const code = readPairingCode(pairingCode);
  const descriptor = code && (await descriptors.take(hashPairingCode(code), nowMs));
  if (!descriptor) throw codeNotFound();
  return { type: descriptorType, descriptor: JSON.parse(descriptor) as unknown };
}

/** Not the hash of the bare code: an access code of the same letters is another code, and lives in the same table. */
function hashPairingCode(code: string): string {
  return hashCredential(`pairing:${code}`);
}

function unreadableCode(): ApiError {
  const message = 'must be 12 characters of A-Z and 0-9, as in AT-XXXX-XXXX-XXXX';
  return new ApiError('invalid_request', `The request is not valid at: pairingCode.`, {
    errors: [{ path: 'pairingCode', message }],
  });
}
