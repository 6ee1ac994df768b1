/** The exchange's parts that both ends share: the secret is the whole code, the channel is both ends. */

import { sha256 } from '@noble/hashes/sha2.js';
import { foldCode, twelveOf } from '../../wire/code';
import type { SealEnds } from '../../wire/seal';
import { endsAsBytes, type PairingKeys, pairingKeysOf, protocol } from '../parcels/keys';
import { joined, toBase64, utf8 } from '../primitives/bytes';
import { type Attempt, type Channel, sessionKeyOf, transcriptOf } from '../primitives/cpace';

/** `seal.pair`, first: which code is meant, and the App's share. */
export interface FirstParams {
  v: 1;
  code: string;
  sid: string;
  share: string;
}

/** The method that pairs: first `FirstParams` for `{ share }`, then `{ confirm }` for `{ confirm }`. */
export const pairMethod = 'seal.pair';

/** Names a code to the runtime without the four characters; the relay knows the twelve already. */
export function nameOfCode(accessCode: string): string {
  return toBase64(sha256(utf8(`${protocol} code ${twelveOf(accessCode)}`)).subarray(0, 12));
}

/** The channel of an attempt. `sessionId` is 16 bytes that the App draws. */
export function channelOf(
  code: { accessCode: string; seal: string },
  ends: SealEnds,
  sessionId: Uint8Array,
): Channel {
  const secret = utf8(twelveOf(code.accessCode) + foldCode(code.seal));
  return { secret, channel: endsAsBytes(ends), sessionId };
}

/** The keys of an attempt and what the confirmations cover; `undefined` for a share that is none. */
export function outcomeOf(
  channel: Channel,
  own: Attempt,
  side: 'app' | 'runtime',
  otherShare: Uint8Array,
): (PairingKeys & { transcript: Uint8Array }) | undefined {
  const data = { app: utf8('app'), runtime: utf8('runtime') };
  const [app, runtime] = side === 'app' ? [own.share, otherShare] : [otherShare, own.share];
  const transcript = transcriptOf({ share: app, data: data.app }, { share: runtime, data: data.runtime });
  const sessionKey = sessionKeyOf(channel, own, otherShare, transcript);
  if (!sessionKey) return undefined;
  const covered = joined(channel.channel, channel.sessionId, transcript);
  return { ...pairingKeysOf(sessionKey, channel.sessionId), transcript: covered };
}
