import fc from 'fast-check';
import { FrameWatch } from '../../../local/websocket/websocket-limits';

/** A masked text frame whose payload does not matter. */
function frame(length: number): Buffer {
  const header =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x81, 0x80 | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([0x81, 0x80 | 127]), be64(length)]);
  return Buffer.concat([header, Buffer.alloc(4 + length, 0xff)]);
}

function be64(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

test('a frame is judged by its own length, however the bytes are cut', () => {
  const limit = 300;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 125, 126, 299, 300, 301, 70_000), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
      (lengths, cuts) => {
        const watch = new FrameWatch(limit);
        const bytes = Buffer.concat(lengths.map(frame));
        let accepted = true;
        for (let at = 0, n = 0; at < bytes.length && accepted; n++) {
          const cut = cuts[n % cuts.length]!;
          accepted = watch.accept(bytes.subarray(at, at + cut));
          at += cut;
        }
        expect(accepted).toBe(lengths.every((length) => length <= limit));
      },
    ),
  );
});
