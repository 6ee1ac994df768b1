/** Sizes in bytes of UTF-8; API Gateway closes a socket over frames of 32 KiB. */

/** What goes through a socket; anything larger goes by HTTPS. With its envelope it stays under one frame. */
export const maxSocketBytes = 30_000;

/** What an answer may have, by the protocol; where it is sealed, before it was. */
export const maxAnswerBytes = 4 * 1024 * 1024;

/** What a body may have that is to reach a function behind API Gateway: sealed, a whole answer fits. */
export const maxBodyBytes = 5_800_000;

/** The `data` of one step of progress, by the protocol. */
export const maxProgressBytes = 8 * 1024;

/** The last `seq` that the protocol has. */
export const maxProgressSeq = 3_999;

const encoder = new TextEncoder();

/** The size of a text. */
export function bytesOf(text: string): number {
  // Most texts are far from any limit either way: no need to encode those.
  if (text.length > 4 * 1024 * 1024) return text.length;
  return encoder.encode(text).length;
}
