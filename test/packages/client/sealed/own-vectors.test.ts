/** Our own vectors, as another language meets them in docs/. `WRITE_VECTORS=1` writes them anew; a change is a new version of the protocol. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelOf, nameOfCode, outcomeOf } from '../../../../packages/client/src/sealed/pairing/exchange';
import { writeDown, writeUp } from '../../../../packages/client/src/sealed/parcels/envelope';
import {
  callKeyOf,
  confirmationOf,
  endsAsBytes,
  fingerprintOf,
  refusalTagOf,
} from '../../../../packages/client/src/sealed/parcels/keys';
import { bucketOf } from '../../../../packages/client/src/sealed/parcels/padding';
import { sealValue } from '../../../../packages/client/src/sealed/parcels/parcel';
import { begin, generatorOf, readScalar } from '../../../../packages/client/src/sealed/primitives/cpace';
import { Handshake } from '../../../../packages/client/src/sealed/primitives/noise';

const root = join(__dirname, '..', '..', '..', '..');
const file = join(root, 'docs', 'sealing-vectors.json');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const counted = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => (from + i) % 256);

function vectors() {
  const ends = { gatewayId: 'gw_0123456789abcdef', clientId: 'cl_fedcba9876543210' };
  const code = { accessCode: 'AT-7F3K-Q2M9-ZT4X', seal: 'AB12' };
  const sid = counted(16, 16);
  const channel = channelOf(code, ends, sid);
  const scalars = { app: counted(1, 31), runtime: counted(101, 31) };
  const own = (side: 'app' | 'runtime') => begin(channel, readScalar(Uint8Array.from([...scalars[side], 0])));
  const [app, runtime] = [own('app'), own('runtime')];
  const outcome = outcomeOf(channel, app, 'app', runtime.share)!;
  const { pairing, confirmation, transcript } = outcome;
  const ephemerals = { app: counted(32, 32), runtime: counted(64, 32) };
  const initiator = new Handshake(pairing, endsAsBytes(ends), ephemerals.app);
  const responder = new Handshake(pairing, endsAsBytes(ends), ephemerals.runtime);
  const first = initiator.writeFirst();
  responder.readFirst(first);
  const second = responder.writeSecond(first);
  initiator.readSecond(second);
  const keys = initiator.keys();
  const [callId, n] = ['call-1', 7];
  const asked = { method: 'chat.send', params: { message: 'Grüße' } };
  const up = callKeyOf(keys.up, n, callId);
  const chunks = sealValue(up, 0, { ...ends, callId, kind: 'call', seq: 0 }, asked);
  const call = writeUp({ session: keys.hash.slice(0, 8), n, callId, chunks });
  const down = callKeyOf(keys.down, n, callId);
  const said = (message: number, kind: 'answer' | 'progress', seq: number, value: unknown) =>
    writeDown({ message, chunks: sealValue(down, message, { ...ends, callId, kind, seq }, value) });
  const step = { text: 'Hel' };
  const answer = { result: { text: 'Hello.' } };
  const large = { result: 'x'.repeat(70_000) };
  const error = { error: { code: 'not_today', message: 'Not today.' } };
  return {
    protocol: 'agenttown-sealed/1',
    ends,
    code,
    exchange: {
      ends: hex(endsAsBytes(ends)),
      name: nameOfCode(code.accessCode),
      sid: hex(sid),
      scalars: { app: `${hex(scalars.app)}00`, runtime: `${hex(scalars.runtime)}00` },
      generator: hex(generatorOf(channel)),
      shares: { app: hex(app.share), runtime: hex(runtime.share) },
      pairingKey: hex(pairing),
      confirmations: {
        app: hex(confirmationOf(confirmation, 'app', transcript)),
        runtime: hex(confirmationOf(confirmation, 'runtime', transcript)),
      },
      fingerprint: fingerprintOf(pairing),
    },
    session: {
      ephemerals: { app: hex(ephemerals.app), runtime: hex(ephemerals.runtime) },
      hellos: { app: hex(first), runtime: hex(second) },
      up: hex(keys.up),
      down: hex(keys.down),
      name: hex(keys.hash.slice(0, 8)),
    },
    call: { id: callId, n, json: asked, sealed: call.sealed },
    progress: { m: 0, seq: 0, json: step, sealed: said(0, 'progress', 0, step).sealed },
    answer: { m: 1, json: answer, sealed: said(1, 'answer', 0, answer).sealed },
    error: { m: 2, json: error, sealed: said(2, 'answer', 0, error).sealed },
    large: {
      m: 3,
      letter: 'x',
      times: 70_000,
      sha256: createHash('sha256')
        .update(said(3, 'answer', 0, large).sealed)
        .digest('hex'),
    },
    refusal: {
      code: 'seal_session_unknown',
      tag: hex(refusalTagOf(pairing, ends, 'seal_session_unknown', Buffer.from(call.sealed, 'base64url'))),
    },
    buckets: [0, 1, 256, 257, 1_000, 10_000, 100_000, 1_048_577].map((bytes) => [bytes, bucketOf(bytes)]),
  };
}

if (process.env.WRITE_VECTORS) writeFileSync(file, `${JSON.stringify(vectors(), null, 2)}\n`);

test('the library makes exactly what docs/sealing-vectors.json says', () => {
  expect(vectors()).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

const python = '/usr/bin/python3';
const hasPython = spawnSync(python, ['-c', 'import cryptography']).status === 0;
if (!hasPython)
  console.warn('examples/sealing.py is not tested here: this machine has no python3-cryptography.');

test.each(hasPython ? ['examples/sealing.py'] : [])(
  'the second implementation, %s, makes and reads the same',
  (script) => {
    const { status, stdout, stderr } = spawnSync(python, [join(root, script), file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('every vector');
  },
);
