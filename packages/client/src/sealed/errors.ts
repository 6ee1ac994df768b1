/** What goes wrong with sealing. These entries are bundled apart from the others, so that an error says by its name what it is. */

/** For the App: sealing failed, or what came is not the runtime's. `app` makes it its own `SealBroken`. */
export class SealBroken extends Error {
  override name = 'SealBroken';

  constructor(
    message: string,
    readonly code: SealCode,
  ) {
    super(message);
  }
}

/** For the runtime: the answer to an App that cannot be served. */
export class SealRefusal extends Error {
  /** `runtime` takes it for one of its own: its code, message and data are the App's. */
  override name = 'MethodError';

  constructor(
    message: string,
    readonly code: SealCode,
    readonly data?: { tag: string },
  ) {
    super(message);
  }
}

/**
 * - `seal_code_unknown`: the runtime knows no such code: used, expired, or dead after three wrong guesses.
 * - `seal_mismatch`: the last four characters are not the same at both ends.
 * - `seal_pairing_unknown`: the runtime has no key of this App: pair anew.
 * - `seal_session_unknown`: the runtime was started anew; the App opens another session by itself.
 * - `seal_repeated`: the call came a second time, and runs once.
 * - `seal_required`: this runtime, or this App's pairing, takes sealed calls only.
 * - `seal_broken`: what came is not what the other end sent.
 * - `seal_keys_gone`: the keys that open a call's answer are not here any more.
 */
export type SealCode =
  | 'seal_code_unknown'
  | 'seal_mismatch'
  | 'seal_pairing_unknown'
  | 'seal_session_unknown'
  | 'seal_repeated'
  | 'seal_required'
  | 'seal_broken'
  | 'seal_keys_gone';
