/** JSON as it is stored: deflated where that makes it smaller, since DynamoDB bills by the KB. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Below this length deflating gains nothing worth its time. */
const worthDeflating = 256;
const plain = 0;
const deflated = 1;
/** Nothing larger is ever stored; a row that unpacks to more is damaged. */
const maxUnpackedBytes = 16 * 1024 * 1024;

/** Encodes a value; the first byte tells the form. */
export function encodeJson(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value));
  const packed = json.length < worthDeflating ? json : deflateRawSync(json);
  return packed.length < json.length ? tagged(deflated, packed) : tagged(plain, json);
}

/** Decodes what `encodeJson` made. */
export function decodeJson(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1);
  const json =
    bytes[0] === deflated ? inflateRawSync(body, { maxOutputLength: maxUnpackedBytes }) : Buffer.from(body);
  return JSON.parse(json.toString());
}

function tagged(form: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([form]), body]);
}
