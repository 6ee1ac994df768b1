/** The App's side of the exchange: it says its share, and proves first that it knows the code. */

import type { PlainCall, SealEnds } from '../../wire/seal';
import { SealBroken } from '../errors';
import { confirmationOf } from '../parcels/keys';
import { fromBase64, isSame, toBase64 } from '../primitives/bytes';
import { begin } from '../primitives/cpace';
import { channelOf, type FirstParams, nameOfCode, outcomeOf, pairMethod } from './exchange';

/** Pairs; gives the pairing key (32 bytes). Throws `SealBroken`, and what the call throws. */
export async function pairAsApp(
  ask: PlainCall,
  code: { accessCode: string; seal: string },
  ends: SealEnds,
): Promise<Uint8Array> {
  const sessionId = crypto.getRandomValues(new Uint8Array(16));
  const channel = channelOf(code, ends, sessionId);
  const own = begin(channel);
  const first: FirstParams = {
    v: 1,
    code: nameOfCode(code.accessCode),
    sid: toBase64(sessionId),
    share: toBase64(own.share),
  };
  const share = memberOf(await ask(pairMethod, first), 'share');
  const outcome = outcomeOf(channel, own, 'app', share);
  if (!outcome) throw broken();
  const { pairing, confirmation, transcript } = outcome;
  const confirm = toBase64(confirmationOf(confirmation, 'app', transcript));
  const answer = memberOf(await ask(pairMethod, { v: 1, confirm }), 'confirm');
  if (!isSame(answer, confirmationOf(confirmation, 'runtime', transcript))) throw broken();
  return pairing;
}

function memberOf(answer: unknown, name: 'share' | 'confirm'): Uint8Array {
  const value = (answer as Record<string, unknown> | null)?.[name];
  return fromBase64(value) ?? new Uint8Array(0);
}

function broken(): SealBroken {
  return new SealBroken(
    'The other end does not know the last four characters of the code: it is not the runtime that shows them.',
    'seal_mismatch',
  );
}
