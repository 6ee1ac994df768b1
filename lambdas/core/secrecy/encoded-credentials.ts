/** Credentials that stand in a text behind base64. */

/** What may be base64 or base64url of something worth hiding. */
const minRun = 20;
const runs = new RegExp(`[A-Za-z0-9+/_-]{${minRun},}={0,2}`, 'g');
/** A longer run is no credential but a file. */
const maxRun = 16 * 1024;
/** Where a run begins in the middle of a group, as behind a slash, it is read from each place. */
const offsets = [0, 1, 2, 3];

/** A run of base64, and the text that it stands for. */
export interface EncodedRun {
  start: number;
  end: number;
  decoded: string;
}

/** Every run of base64 that stands for printable text. Each character is decoded a bounded number of times. */
export function* encodedRuns(text: string): Generator<EncodedRun> {
  for (const match of text.matchAll(runs)) {
    if (match[0].length > maxRun) continue;
    const whole = readRun(match[0], match.index);
    if (whole) yield whole;
    // In a path a slash ends what is encoded.
    else if (match[0].includes('/')) yield* readParts(match[0], match.index);
  }
}

function* readParts(run: string, start: number): Generator<EncodedRun> {
  let at = start;
  for (const part of run.split('/')) {
    const read = part.length >= minRun ? readRun(part, at) : undefined;
    if (read) yield read;
    at += part.length + 1;
  }
}

function readRun(run: string, start: number): EncodedRun | undefined {
  for (const offset of offsets) {
    const decoded = decodeBase64(run.slice(offset));
    if (decoded !== undefined) return { start, end: start + run.length, decoded };
  }
  return undefined;
}

/** The printable ASCII that some base64 stands for; undefined for anything else. */
export function decodeBase64(encoded: string): string | undefined {
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  return /^[\x20-\x7e\t\r\n]{3,}$/.test(decoded) ? decoded : undefined;
}
