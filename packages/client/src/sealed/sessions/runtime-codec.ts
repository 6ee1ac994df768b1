/** The runtime's codec of a sealed App: what it did not seal is refused, and what is said of a call is for that call alone. */

import type { Answer, CodedCall, DecodedCall, RuntimeCodec } from '../../wire/codec';
import type { SealEnds } from '../../wire/seal';
import { type SealCode, SealRefusal } from '../errors';
import { readUp, writeDown } from '../parcels/envelope';
import { callKeyOf, refusalTagOf } from '../parcels/keys';
import { openValue, sealValue } from '../parcels/parcel';
import { toBase64 } from '../primitives/bytes';
import { sealedMethod } from './app-codec';
import { maxCallNumber, type RuntimeSessions } from './runtime-sessions';

/** Makes it. */
export function runtimeCodec(
  pairingKey: Uint8Array,
  ends: SealEnds,
  sessions: RuntimeSessions,
): RuntimeCodec {
  const refused = (code: SealCode, message: string, all: Uint8Array) =>
    new SealRefusal(message, code, { tag: toBase64(refusalTagOf(pairingKey, ends, code, all)) });
  return {
    decodeCall({ method, params }): DecodedCall {
      if (method !== sealedMethod)
        throw new SealRefusal('This App has sealed its pairing: it calls sealed.', 'seal_required');
      const up = readUp(params);
      if (!up) throw new SealRefusal('params is nothing that was sealed.', 'seal_broken');
      const { all, callId, n, chunks } = up;
      const session = sessions.find(ends.clientId, up.session);
      if (!session || n > maxCallNumber)
        throw refused('seal_session_unknown', 'The session is not known here, or not any more.', all);
      if (session.taken.has(n))
        throw refused('seal_repeated', 'The call came a second time; it runs once.', all);
      let asked: CodedCall;
      try {
        const key = callKeyOf(session.keys.up, n, callId);
        asked = openValue(key, 0, { ...ends, callId, kind: 'call', seq: 0 }, chunks) as CodedCall;
      } catch {
        throw new SealRefusal('The call is not what the App sealed.', 'seal_broken');
      }
      session.taken.add(n);
      const down = callKeyOf(session.keys.down, n, callId);
      // The number of what is said under this key: counted, never given twice.
      let message = 0;
      const say = (kind: 'answer' | 'progress', seq: number, value: unknown) => {
        const number = message++;
        const chunks = sealValue(down, number, { ...ends, callId, kind, seq }, value);
        return writeDown({ message: number, chunks });
      };
      return {
        method: String(asked.method),
        params: asked.params,
        encodeProgress: (data, { seq }) => say('progress', seq, data ?? null),
        encodeAnswer: ({ result, error }: Answer) => ({
          ok: true,
          result: say('answer', 0, error ? { error } : { result }),
        }),
      };
    },
  };
}
