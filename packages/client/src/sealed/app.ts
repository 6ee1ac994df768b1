/** Sealing, for an App. */
import type { AppSeal, SealedPairing } from '../wire/seal';
import { pairAsApp } from './pairing/app-pairing';
import { fingerprintOf } from './parcels/keys';
import { fromBase64, toBase64 } from './primitives/bytes';
import { appCodec } from './sessions/app-codec';
import { AppSessions } from './sessions/app-session';
import { type CallKeys, KnownCalls } from './sessions/known-calls';

/** How an App seals. */
export interface SealAppOptions {
  /** Keeps the keys of running calls, so that `follow` finds them after a restart. Default: this run alone follows them. */
  calls?: CallKeys;
  /** Milliseconds that only go forward; for tests. */
  now?: () => number;
}

/** Sealing for `pair`, `open` and `reopen` of the entry `app`. */
export function sealApp({ calls, now = () => performance.now() }: SealAppOptions = {}): AppSeal {
  return {
    async pair(code, ends, ask): Promise<SealedPairing> {
      const key = await pairAsApp(ask, code, ends);
      const sealedAt = new Date().toISOString();
      return { key: toBase64(key), fingerprint: fingerprintOf(key), sealedAt, by: 'typed-code' };
    },
    codecOf({ key }, ends, ask) {
      const pairingKey = fromBase64(key);
      if (pairingKey?.length !== 32) throw new TypeError('The pairing key is not 32 bytes.');
      const sessions = new AppSessions(ask, pairingKey, ends, now);
      return appCodec({ pairingKey, ends, sessions, calls: new KnownCalls(calls), now });
    },
  };
}
