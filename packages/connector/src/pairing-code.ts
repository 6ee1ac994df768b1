import { randomBytes } from 'node:crypto';

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code for a descriptor: 60 random bits in Crockford base32, as `AT-XXXX-XXXX-XXXX`. */
export function newPairingCode(random: Uint8Array = randomBytes(12)): string {
  const code = [...random].map((byte) => letters[byte % 32]).join('');
  return `AT-${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8, 12)}`;
}
