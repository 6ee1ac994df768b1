/** Who calls, where a proxy may stand between a caller and this host. Only a declared proxy's word counts. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { comesFrom, headerPairs, sourceIpOf } from './gateway-request';

/** The addresses of proxies whose word on a caller is taken. */
export interface TrustedProxies {
  has(address: string): boolean;
}

/** How a request came here. `undeclared`: through a proxy that nobody declared, so its caller is unknown. */
export type Passage = 'direct' | 'proxied' | 'undeclared';

/**
 * Stands for all callers behind proxies that nobody declared: they share one source, which is not this machine. An
 * address of documentation (RFC 5737), so that no real caller has it.
 */
export const UNDECLARED_SOURCE = '192.0.2.1';

/** What proxies add. A caller who sends it by itself is treated as a proxy. */
const FORWARDING = /^(forwarded|x-real-ip|x-forwarded-.+)$/i;

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Reads addresses, ranges as `10.0.0.0/8`, and the word `loopback`. Throws one sentence for anything else. */
export function trustedProxies(names: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const name of names.flatMap((one) => (one === 'loopback' ? LOOPBACK : [one]))) {
    const [address = '', bits, ...more] = name.split('/');
    const family = isIP(address);
    const length = Number(bits ?? (family === 4 ? 32 : 128));
    const isLength = /^\d+$/.test(bits ?? '0') && length <= (family === 4 ? 32 : 128);
    if (!family || more.length > 0 || !isLength)
      throw new Error('A trusted proxy is an IP address, a range as 10.0.0.0/8, or the word loopback.');
    list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    has: (address) => {
      const family = isIP(address);
      return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

const thisMachine = trustedProxies(['loopback']);

/**
 * Finds the caller of a request. Behind a declared proxy it is the right-most address of `X-Forwarded-For` that is not
 * a declared proxy's, and the host that it asked for is the proxy's word too; what the proxy added is taken off. A
 * request that says it was forwarded although no proxy is declared is not this machine's own.
 */
export function attributeCaller(request: IncomingMessage, trusted: TrustedProxies): Passage {
  const peer = sourceIpOf(request);
  const isForwarded = headerPairs(request).some(([name]) => FORWARDING.test(name));
  if (!isForwarded) return 'direct';
  if (trusted.has(peer)) {
    const hops = listOf(request, 'x-forwarded-for').split(',').map(addressOf);
    const at = hops.findLastIndex((address) => !trusted.has(address));
    const caller = hops[Math.max(0, at)]!;
    comesFrom(request, caller || UNDECLARED_SOURCE);
    takeOff(request, hops.slice(0, Math.max(0, at)));
    return caller ? 'proxied' : 'undeclared';
  }
  // A stranger's headers change nothing; a neighbour's say that it may speak for strangers.
  if (!thisMachine.has(peer)) return 'direct';
  comesFrom(request, UNDECLARED_SOURCE);
  return 'undeclared';
}

/** The scheme in which a caller asked, `https` where a declared proxy says so. */
const askedBySecure = new WeakSet<IncomingMessage>();

/** The origin that a request was sent to, as its caller wrote it. */
export function originAskedFor(request: IncomingMessage): string {
  return `${askedBySecure.has(request) ? 'https' : 'http'}://${(request.headers.host ?? '').toLowerCase()}`;
}

function takeOff(request: IncomingMessage, earlierHops: string[]): void {
  if (listOf(request, 'x-forwarded-proto').split(',').at(-1)?.trim() === 'https') askedBySecure.add(request);
  const host = listOf(request, 'x-forwarded-host').split(',').at(-1)?.trim() || request.headers.host;
  const kept = headerPairs(request).filter(([name]) => !FORWARDING.test(name) && !/^host$/i.test(name));
  const own: Array<[string, string]> = [
    ...(host === undefined ? [] : [['Host', host] as [string, string]]),
    ...(earlierHops.length === 0 ? [] : [['X-Forwarded-For', earlierHops.join(', ')] as [string, string]]),
  ];
  // Node reads `headers` out of `rawHeaders` when it is first asked for, and counts on as many as had come.
  const { headers } = request;
  request.rawHeaders = [...own, ...kept].flat();
  if (host !== undefined) headers.host = host;
  for (const name of Object.keys(headers)) if (FORWARDING.test(name)) delete headers[name];
}

/** Every value of a header, as one list. */
function listOf(request: IncomingMessage, name: string): string {
  return headerPairs(request)
    .filter(([candidate]) => candidate.toLowerCase() === name)
    .map(([, value]) => value)
    .join(',');
}

/** An entry of `X-Forwarded-For` without a port; empty where it is no address. */
function addressOf(entry: string): string {
  const text = entry.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) ? address : '';
}
