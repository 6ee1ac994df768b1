/** The App's codec: every call leaves sealed, and nothing comes in that the runtime did not seal for this very call. */

import { sha256 } from '@noble/hashes/sha2.js';
import type { Answer, AppCodec, CodedCall } from '../../wire/codec';
import type { SealEnds } from '../../wire/seal';
import { SealBroken } from '../errors';
import { readDown, readUp, type Sealed, writeUp } from '../parcels/envelope';
import { callKeyOf, refusalTagOf } from '../parcels/keys';
import { openValue, sealValue } from '../parcels/parcel';
import { fromBase64, isSame, utf8 } from '../primitives/bytes';
import type { AppSessions } from './app-session';
import type { KnownCalls } from './known-calls';

/** The method of every sealed call. */
export const sealedMethod = 'sealed';

/** What a codec needs. */
export interface AppCodecWorld {
  pairingKey: Uint8Array;
  ends: SealEnds;
  sessions: AppSessions;
  calls: KnownCalls;
  now(): number;
}

/** Makes it. */
export function appCodec({ pairingKey, ends, sessions, calls, now }: AppCodecWorld): AppCodec {
  const encodeCall = async ({ id, method, params }: CodedCall & { id: string }) => {
    const asked = { method, params };
    const digest = await digestOf(utf8(JSON.stringify(asked)));
    // The same again: to the byte, so that the relay joins it. Anything else under its id is a conflict, which the relay says.
    const again = () => {
      const known = calls.get(id);
      return known && isSame(known.digest, digest) && { method: sealedMethod, params: known.sealed };
    };
    const before = again();
    if (before) return before;
    const { session, n } = await sessions.take();
    // Somebody may have asked the same while the session was opened; from here on nothing waits.
    const meanwhile = again();
    if (meanwhile) return meanwhile;
    const key = callKeyOf(session.keys.up, n, id);
    const chunks = sealValue(key, 0, { ...ends, callId: id, kind: 'call', seq: 0 }, asked);
    const sealed = writeUp({ session: session.name, n, callId: id, chunks });
    const down = callKeyOf(session.keys.down, n, id);
    await calls.put(id, { digest, sealed, down, atMs: now() });
    return { method: sealedMethod, params: sealed };
  };
  const open = async (id: string, kind: 'answer' | 'progress', seq: number, value: unknown) => {
    const key = await calls.keyOf(id);
    if (!key) throw new SealBroken('The keys of this call are not here any more.', 'seal_keys_gone');
    const down = readDown(value);
    try {
      if (down) return openValue(key, down.message, { ...ends, callId: id, kind, seq }, down.chunks);
    } catch {}
    throw broken(id);
  };
  const isRefused = (id: string, error: NonNullable<Answer['error']>, sealed: Sealed | undefined) => {
    const up = readUp(sealed);
    const tag = fromBase64((error.data as { tag?: unknown } | undefined)?.tag);
    if (!up || !tag || up.callId !== id) return undefined;
    return isSame(refusalTagOf(pairingKey, ends, String(error.code), up.all), tag) ? up : undefined;
  };
  return {
    encodeCall,
    decodeProgress: (data, { id, seq }) => open(id, 'progress', seq, data),
    decodeAnswer: async (answer, { id }) => {
      if (answer.ok) {
        const opened = (await open(id, 'answer', 0, answer.result)) as Answer;
        await calls.settle(id);
        return { ok: opened.error === undefined, ...opened };
      }
      const { error } = answer;
      // Our own wish, which the relay confirms: it could always refuse.
      if (!error || error.code === 'cancelled') return answer;
      const refused = isRefused(id, error, calls.get(id)?.sealed);
      if (!refused) throw broken(id);
      if (error.code !== 'seal_session_unknown') return answer;
      sessions.leave(refused.session);
      return 'ask-anew';
    },
  };
}

/** By the engine where it may: pages without TLS may not. */
async function digestOf(text: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  return subtle
    ? new Uint8Array(await subtle.digest('SHA-256', text as Uint8Array<ArrayBuffer>))
    : sha256(text);
}

function broken(id: string): SealBroken {
  return new SealBroken(`What came back of the call ${id} is not what the runtime sealed.`, 'seal_broken');
}
