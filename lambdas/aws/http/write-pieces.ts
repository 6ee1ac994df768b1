/** Writing a streamed answer for as long as somebody reads it. */
import type { Writable } from 'node:stream';

/** A reader that takes nothing for so long while pieces wait has gone. */
const patienceMs = 30_000;

/**
 * Writes the pieces as they come, no faster than they are read. No further piece is asked for once the stream has
 * broken or closed, or its reader has stopped reading.
 */
export async function writePieces(out: Writable, pieces: AsyncIterable<string>): Promise<void> {
  let alone = false;
  const leave = () => {
    alone = true;
  };
  out.once('error', leave).once('close', leave);
  for await (const piece of pieces) {
    if (alone || out.destroyed) break;
    if (!out.write(piece) && (await drained(out)) === 'alone') break;
  }
}

function drained(out: Writable): Promise<'drained' | 'alone'> {
  return new Promise((resolve) => {
    const end = (outcome: 'drained' | 'alone') => () => {
      clearTimeout(timer);
      out.off('drain', onDrain).off('close', onClose).off('error', onClose);
      resolve(outcome);
    };
    const [onDrain, onClose] = [end('drained'), end('alone')];
    const timer = setTimeout(onClose, patienceMs);
    out.once('drain', onDrain).once('close', onClose).once('error', onClose);
  });
}
