/** What a sealed text is made of: buckets, chunks, and what its data binds. */
import fc from 'fast-check';
import {
  readDown,
  readUp,
  writeDown,
  writeUp,
} from '../../../../packages/client/src/sealed/parcels/envelope';
import { bucketOf } from '../../../../packages/client/src/sealed/parcels/padding';
import {
  type Binding,
  chunkBytes,
  openValue,
  sealValue,
} from '../../../../packages/client/src/sealed/parcels/parcel';
import {
  fromBase64,
  listed,
  slowBase64,
  toBase64,
} from '../../../../packages/client/src/sealed/primitives/bytes';

const key = new Uint8Array(32).fill(1);
const binding: Binding = { gatewayId: 'gw', clientId: 'cl', callId: 'c-1', kind: 'answer', seq: 0 };

test('any JSON comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const again = JSON.parse(JSON.stringify(value));
      expect(openValue(key, 3, binding, sealValue(key, 3, binding, value))).toEqual(again);
    }),
    { numRuns: 200 },
  );
});

test('a text opens as what it is alone', () => {
  const sealed = sealValue(key, 3, binding, 'x');
  const others: Array<Partial<Binding>> = [
    { gatewayId: 'gx' },
    { clientId: 'cx' },
    { callId: 'c-2' },
    { kind: 'call' },
    { kind: 'progress' },
    { seq: 1 },
    // No two lists of names read alike.
    { gatewayId: 'gwc', clientId: 'l' },
  ];
  for (const other of others)
    expect(() => openValue(key, 3, { ...binding, ...other }, sealed)).toThrow('tag');
  expect(() => openValue(key, 4, binding, sealed)).toThrow('tag');
  expect(() => openValue(new Uint8Array(32), 3, binding, sealed)).toThrow('tag');
});

test('chunks that are left out, doubled or change places are no text, at the very border of a chunk as well', () => {
  const sealed = sealValue(key, 0, binding, 'x'.repeat(3 * chunkBytes));
  const size = chunkBytes + 16;
  const chunk = (i: number) => sealed.subarray(i * size, (i + 1) * size);
  const orders = [[0], [0, 1], [0, 1, 2], [1, 0, 2, 3], [0, 1, 1, 2, 3], [1, 2, 3], []];
  for (const order of orders)
    expect(() => openValue(key, 0, binding, Buffer.concat(order.map(chunk)))).toThrow(/tag|length/);
  expect(openValue(key, 0, binding, Buffer.concat([0, 1, 2, 3].map(chunk)))).toHaveLength(3 * chunkBytes);
});

test('a bucket holds what is in it, costs 12 % at most above the smallest, and buckets are few', () => {
  const buckets = new Set<number>();
  for (let bytes = 0; bytes <= 100_000; bytes++) {
    const bucket = bucketOf(bytes);
    buckets.add(bucket);
    if (bucket < bytes || bucket > Math.max(256, bytes * 1.12)) throw new Error(`${bytes} in ${bucket}`);
  }
  expect([bucketOf(0), bucketOf(256), bucketOf(257), bucketOf(4 * 1024 * 1024 + 1)]).toEqual([
    256, 256, 272, 4_325_376,
  ]);
  expect(buckets.size).toBeLessThan(200);
});

test('envelopes are read as they were written, and anything else is none', () => {
  const up = { session: new Uint8Array(8).fill(9), n: 4_000_000_000, callId: 'id_1', chunks: key };
  expect(readUp(writeUp(up))).toMatchObject({ n: up.n, callId: up.callId });
  expect(readDown(writeDown({ message: 7, chunks: key }))).toEqual({ message: 7, chunks: key });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ sealed: fc.string() })), (value) => {
      for (const read of [readUp, readDown]) {
        const found = read(value);
        expect(found === undefined || found.chunks instanceof Uint8Array).toBe(true);
      }
    }),
  );
});

test('base64url and lists are written as RFC 4648 and the draft of CPace have them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(slowBase64(bytes)).toBe(toBase64(bytes));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
  expect(Buffer.from(listed('1234', '', new Uint8Array(200))).toString('hex')).toMatch(
    /^043132333400c801(00){200}$/,
  );
});
