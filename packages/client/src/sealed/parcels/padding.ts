/** Padding: a text's length says no more than its bucket. JSON with blanks behind it is the same JSON. */

/** No bucket is smaller, in bytes: most calls look alike. */
const minBytes = 256;

/**
 * The bucket of a length, in bytes: PADMÉ, which adds 12 % at most and lets at most log log bits of the length through
 * (Nikitin and others, "Reducing metadata leakage from encrypted files and communication with PURBs", 2019).
 */
export function bucketOf(bytes: number): number {
  if (bytes <= minBytes) return minBytes;
  const exponent = Math.floor(Math.log2(bytes));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(bytes / step) * step;
}

/** The text, padded. */
export function padded(text: Uint8Array): Uint8Array {
  const all = new Uint8Array(bucketOf(text.length)).fill(0x20);
  all.set(text);
  return all;
}
