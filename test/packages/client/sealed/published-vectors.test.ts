/**
 * The published vectors: draft-irtf-cfrg-cpace-21, appendix B.3 (ristretto255 and SHA-512); and of Noise the entry
 * `Noise_NNpsk0_25519_ChaChaPoly_SHA256` of cacophony.txt, the vectors of the cacophony library that other implementations test with.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import {
  begin,
  type Channel,
  generatorOf,
  multiplyChecked,
  readScalar,
  sessionKeyOf,
  transcriptOf,
} from '../../../../packages/client/src/sealed/primitives/cpace';
import { Handshake, noiseNonce } from '../../../../packages/client/src/sealed/primitives/noise';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('hex');

describe('CPace', () => {
  const channel: Channel = {
    secret: Buffer.from('Password'),
    channel: bytes('0b415f696e69746961746f720b425f726573706f6e646572'),
    sessionId: bytes('7e4b4791d6a8ef019b936c79fb7f2c57'),
  };
  const a = begin(
    channel,
    readScalar(bytes('da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08')),
  );
  const b = begin(
    channel,
    readScalar(bytes('d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d')),
  );

  test('B.3.1 to B.3.3: generator and shares', () => {
    expect(hex(generatorOf(channel))).toBe(
      '222b6b195fe84b1652badb6f6a3ae3d24341e7306967f0b8115b40d5698c7e56',
    );
    expect(hex(a.share)).toBe('d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157');
    expect(hex(b.share)).toBe('3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258');
  });

  test('B.3.4 and B.3.5: the shared point and the session key, from both sides', () => {
    const shared = '80b69a8a76457ab6a4d7f887a4bf6b55a2f80ac19c333f917a05fc9887c8b40f';
    expect(hex(multiplyChecked(a.scalar, b.share))).toBe(shared);
    expect(hex(multiplyChecked(b.scalar, a.share))).toBe(shared);
    const transcript = transcriptOf(
      { share: a.share, data: Buffer.from('ADa') },
      { share: b.share, data: Buffer.from('ADb') },
    );
    const sessionKey =
      'b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447';
    expect(hex(sessionKeyOf(channel, a, b.share, transcript))).toBe(sessionKey);
    expect(hex(sessionKeyOf(channel, b, a.share, transcript))).toBe(sessionKey);
  });

  const scalar = readScalar(bytes('7cd0e075fa7955ba52c02759a6c90dbbfc10e6d40aea8d283e407d88cf538a05'));

  test('B.3.10: a multiplication of valid inputs', () => {
    const point = bytes('2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c');
    expect(hex(multiplyChecked(scalar, point))).toBe(
      '7c13645fe790a468f62c39beb7388e541d8405d1ade69d1778c5fe3e7f6b600e',
    );
  });

  test.each([
    ['no point', '2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c'],
    ['the neutral element', '00'.repeat(32)],
  ])('B.3.11: %s ends the exchange', (_, invalid) => {
    expect(multiplyChecked(scalar, bytes(invalid))).toBeUndefined();
    expect(sessionKeyOf(channel, a, bytes(invalid), new Uint8Array(0))).toBeUndefined();
  });
});

test('Noise: every message, the hash of the handshake, and the keys of both directions', () => {
  const prologue = bytes('4a6f686e2047616c74');
  const key = bytes('54686973206973206d7920417573747269616e20706572737065637469766521');
  const messages = [
    [
      '4c756477696720766f6e204d69736573',
      'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c794479b962b8aff8485742ac32f905ba45369e2465fb59e138a93d67a0d1266b6a54',
    ],
    [
      '4d757272617920526f746862617264',
      '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843d6062704d5a9c422a8e834423f8c1feada7e8d0d910a1a2cd030fb584221e3',
    ],
    ['462e20412e20486179656b', 'e632c3763d7669067383433197a3baddf146e9e70ad4b4e9e59e0f'],
    ['4361726c204d656e676572', '64c6bee32ea91c8474bb4c21d7a700109ad45af77b29764ba5eb1e'],
    [
      '4a65616e2d426170746973746520536179',
      'e2fa0bed0603b62d3ccac2ecabbf3fe33f3e86514909b323361626266cb2471cc8',
    ],
    [
      '457567656e2042f6686d20766f6e2042617765726b',
      '0c01dc9cec1fe4ddd692e8dd32188aa351088dc91183639a53b57aa4692b5ebdef8b8ca111',
    ],
  ] as const;
  const initiator = new Handshake(
    key,
    prologue,
    bytes('893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a'),
  );
  const responder = new Handshake(
    key,
    prologue,
    bytes('bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b'),
  );
  const first = initiator.writeFirst(bytes(messages[0][0]));
  expect(hex(first)).toBe(messages[0][1]);
  expect(hex(responder.readFirst(first))).toBe(messages[0][0]);
  const second = responder.writeSecond(first, bytes(messages[1][0]));
  expect(hex(second)).toBe(messages[1][1]);
  expect(hex(initiator.readSecond(second))).toBe(messages[1][0]);
  const keys = initiator.keys();
  expect(keys).toEqual(responder.keys());
  expect(hex(keys.hash)).toBe('f4d03dc34495c95729ea6de9e1b59004b59733102488b3e24bc441e0be208eaf');
  for (const [i, [payload, ciphertext]] of messages.slice(2).entries()) {
    const direction = i % 2 === 0 ? keys.up : keys.down;
    const nonce = noiseNonce(Math.floor(i / 2));
    expect(hex(chacha20poly1305(direction, nonce).encrypt(bytes(payload)))).toBe(ciphertext);
  }
});

test('Noise: a point of low order, a short message, another key and another prologue are refused', () => {
  const key = new Uint8Array(32).fill(7);
  const prologue = new Uint8Array(3);
  const first = new Handshake(key, prologue).writeFirst();
  expect(() => new Handshake(new Uint8Array(32), prologue).readFirst(first)).toThrow('tag');
  expect(() => new Handshake(key, new Uint8Array(4)).readFirst(first)).toThrow('tag');
  expect(() => new Handshake(key, prologue).readFirst(first.subarray(0, 40))).toThrow('short');
  const initiator = new Handshake(key, prologue);
  initiator.writeFirst();
  expect(() => initiator.readSecond(new Uint8Array(48))).toThrow();
});
