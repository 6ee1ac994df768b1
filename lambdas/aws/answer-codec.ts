/** A runtime's answer as it is stored: JSON, deflated where that makes it smaller, since DynamoDB bills by the KB. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Below this length deflating gains nothing worth its time. */
const worthDeflating = 256;
const plain = 0;
const deflated = 1;

/** Encodes a value; the first byte tells the form. */
export function encodeJson(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value));
  const packed = json.length < worthDeflating ? json : deflateRawSync(json);
  return packed.length < json.length ? tagged(deflated, packed) : tagged(plain, json);
}

/** Decodes what `encodeJson` made. */
export function decodeJson(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1);
  return JSON.parse((bytes[0] === deflated ? inflateRawSync(body) : Buffer.from(body)).toString());
}

function tagged(form: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([form]), body]);
}
