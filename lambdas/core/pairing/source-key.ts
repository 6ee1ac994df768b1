/** A caller's address as the key that its failed attempts are counted under. */
import { hashCredential } from './credentials';

/**
 * The hash of the network that one caller has to itself: an IPv4 address, or the first 64 bits of an IPv6 address, of
 * which a single line has 2^64. Anything that is no address is a source by its own text. `what` is counted apart.
 */
export function sourceKey(address: string, what: 'codes' | 'tokens' | 'registrations' = 'codes'): string {
  const place = what === 'codes' ? 'source' : what;
  return hashCredential(`${place}:${networkOf(address)}`);
}

function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  if (mapped) return mapped[1] as string;
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    for (let missing = 8 - groups.length - last; missing > 0; missing--) groups.push('0');
    if (tail !== '') groups.push(...tail.split(':'));
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
