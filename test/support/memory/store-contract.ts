/** What every store promises, whatever it is made of. */
import { randomBytes } from 'node:crypto';
import type { OpenCall, StoredCall } from '../../../lambdas/core/call/states';
import type { Client, Gateway } from '../../../lambdas/core/pairing/ports';
import type { Connection } from '../../../lambdas/core/presence/ports';
import type { Stores } from './memory-stores';

const t0 = 1_800_000_000_000;
let serial = 0;
const randomText = (bytes: number) => randomBytes(bytes / 2).toString('hex');
const unique = (prefix: string) => `${prefix}_${++serial}_${Math.random().toString(36).slice(2)}`;

const gatewayNamed = (gatewayId: string): Gateway => ({
  gatewayId,
  secretHash: 'hash',
  runtimeType: 'openclaw',
  displayName: 'Desk',
  machineId: 'm1',
  capabilities: { list: ['a', { b: [1, null, true] }], '': 'empty keys are fine' },
  createdAtMs: t0,
  sockets: [],
});

const clientOf = (gatewayId: string): Client => ({
  gatewayId,
  clientId: unique('cl'),
  tokenHash: 'token-hash',
  label: 'Phone',
  createdAtMs: t0,
  lastUsedAtMs: t0,
  expiresAtMs: t0 + 1_000_000,
  sockets: [],
  calls: [],
  streams: [],
});

const socketAt = (connectedAtMs: number) => ({ connectionId: unique('socket'), connectedAtMs });

const callTo = (gatewayId: string): OpenCall => ({
  callKey: unique('key'),
  nonce: 'nonce-12',
  gatewayId,
  clientId: 'cl_1',
  method: 'echo',
  digest: 'digest',
  sentTo: 'socket-1',
  openedAtMs: t0,
  deadlineMs: t0 + 30_000,
  expiresAtMs: t0 + 630_000,
});

const connectionTo = (gatewayId: string, connectedAtMs: number): Connection => ({
  connectionId: unique('socket'),
  role: 'runtime',
  gatewayId,
  connectedAtMs,
  credentialHash: 'hash',
  expiresAtMs: t0 + 7_800_000,
});

/** Runs the contract over the stores that `make` gives. */
export function describeStores(name: string, make: () => Promise<Stores>): void {
  describe(`stores: ${name}`, () => {
    let stores: Stores;
    let gatewayId: string;
    beforeAll(async () => {
      stores = await make();
    }, 120_000);
    beforeEach(async () => {
      gatewayId = unique('gw');
      expect(await stores.gateways.create(gatewayNamed(gatewayId))).toBe('created');
    });

    describe('gateways', () => {
      test('a gateway is read back as it was created', async () => {
        expect(await stores.gateways.read(gatewayId)).toEqual(gatewayNamed(gatewayId));
      });
      test('an id that is taken is not created again', async () => {
        expect(await stores.gateways.create({ ...gatewayNamed(gatewayId), secretHash: 'other' })).toBe(
          'exists',
        );
        expect((await stores.gateways.read(gatewayId))?.secretHash).toBe('hash');
      });
      test('new details replace the old ones, and nothing else', async () => {
        const details = { runtimeType: 'hermes', displayName: 'Lap', capabilities: [] };
        expect(await stores.gateways.describe(gatewayId, details)).toBe('described');
        const { machineId: _, ...rest } = gatewayNamed(gatewayId);
        expect(await stores.gateways.read(gatewayId)).toEqual({ ...rest, ...details });
        expect(await stores.gateways.describe('gw_none', details)).toBe('gone');
      });
      test('sockets are kept newest first, whatever order they are entered in', async () => {
        const [older, newer] = [socketAt(t0 + 1), socketAt(t0 + 2)];
        expect(await stores.gateways.enter(gatewayId, newer, 'hash')).toEqual({ before: [], pushedOut: [] });
        expect(await stores.gateways.enter(gatewayId, older, 'hash')).toEqual({
          before: [newer],
          pushedOut: [],
        });
        expect((await stores.gateways.read(gatewayId))?.sockets).toEqual([newer, older]);
        expect(await stores.gateways.enter('gw_none', newer, 'hash')).toBe('gone');
      });
      test('a socket that is entered again, because the answer was lost, is there once', async () => {
        const socket = socketAt(t0);
        await stores.gateways.enter(gatewayId, socket, 'hash');
        expect(await stores.gateways.enter(gatewayId, socket, 'hash')).toEqual({ before: [], pushedOut: [] });
        expect((await stores.gateways.read(gatewayId))?.sockets).toEqual([socket]);
      });
      test('a fifth socket pushes out the oldest, and the oldest alone', async () => {
        const four = [1, 2, 3, 4].map((n) => socketAt(t0 + n));
        for (const socket of four) await stores.gateways.enter(gatewayId, socket, 'hash');
        const fifth = socketAt(t0 + 5);
        const before = [...four].reverse();
        expect(await stores.gateways.enter(gatewayId, fifth, 'hash')).toEqual({
          before,
          pushedOut: [four[0]],
        });
        expect((await stores.gateways.read(gatewayId))?.sockets).toEqual([fifth, ...before.slice(0, 3)]);
      });
      test('of sockets that come at the same time none is lost, and no more than four stay', async () => {
        const many = Array.from({ length: 10 }, (_, n) => socketAt(t0 + n));
        const entered = await Promise.all(
          many.map((socket) => stores.gateways.enter(gatewayId, socket, 'hash')),
        );
        const pushedOut = entered.flatMap((each) => (each === 'gone' ? [] : each.pushedOut));
        const { sockets } = (await stores.gateways.read(gatewayId))!;
        expect(sockets).toHaveLength(4);
        const ids = [...sockets, ...pushedOut].map(({ connectionId }) => connectionId);
        expect(ids.sort()).toEqual(many.map(({ connectionId }) => connectionId).sort());
      });
      test('a socket that an earlier secret opened does not come in', async () => {
        const socket = socketAt(t0);
        await stores.gateways.enter(gatewayId, socket, 'hash');
        await stores.gateways.rotateSecret(gatewayId, 'hash', 'newer', t0);
        expect(await stores.gateways.enter(gatewayId, socket, 'hash')).toBe('gone');
        expect((await stores.gateways.read(gatewayId))?.sockets).toEqual([]);
      });
      test('a socket that has left leaves the others, and one that is not there leaves all as it was', async () => {
        const [older, newer] = [socketAt(t0 + 1), socketAt(t0 + 2)];
        await stores.gateways.enter(gatewayId, older, 'hash');
        await stores.gateways.enter(gatewayId, newer, 'hash');
        expect(await stores.gateways.leave(gatewayId, socketAt(t0), t0 + 8)).toBe('not-there');
        expect((await stores.gateways.read(gatewayId))?.leftAtMs).toBeUndefined();
        expect(await stores.gateways.leave(gatewayId, newer, t0 + 9)).toEqual({ left: [older] });
        expect(await stores.gateways.leave(gatewayId, older, t0 + 10)).toEqual({ left: [] });
        const left = await stores.gateways.read(gatewayId);
        expect([left?.sockets, left?.leftAtMs]).toEqual([[], t0 + 10]);
        // Repeated because the answer was lost, it counts as done; asked for later, it does not.
        expect(await stores.gateways.leave(gatewayId, older, t0 + 10)).toEqual({ left: [] });
        expect(await stores.gateways.leave(gatewayId, older, t0 + 11)).toBe('not-there');
        expect(await stores.gateways.leave('gw_none', older, t0)).toBe('not-there');
      });
      test('what a runtime says it can do is kept until it says otherwise', async () => {
        const socket = socketAt(t0);
        await stores.gateways.enter(gatewayId, socket, 'hash');
        await stores.gateways.seen(gatewayId, socket, t0 + 5, ['params-by-reference']);
        await stores.gateways.seen(gatewayId, socket, t0 + 6);
        expect((await stores.gateways.read(gatewayId))?.features).toEqual(['params-by-reference']);
        await stores.gateways.seen(gatewayId, socket, t0 + 7, []);
        expect((await stores.gateways.read(gatewayId))?.features).toEqual([]);
      });
      test('a sign of life counts from a socket that is there, and makes no gateway', async () => {
        const socket = socketAt(t0);
        await stores.gateways.enter(gatewayId, socket, 'hash');
        expect(await stores.gateways.seen(gatewayId, socket, t0 + 5)).toBe('seen');
        expect(await stores.gateways.seen(gatewayId, socketAt(t0), t0 + 6, ['x'])).toBe('not-there');
        expect(await stores.gateways.seen('gw_none', socket, t0 + 5)).toBe('not-there');
        expect(await stores.gateways.read(gatewayId)).toMatchObject({ lastSeenAtMs: t0 + 5 });
        await stores.gateways.rotateSecret(gatewayId, 'hash', 'newer', t0 + 6);
        expect(await stores.gateways.seen(gatewayId, socket, t0 + 7)).toBe('not-there');
        expect(await stores.gateways.read('gw_none')).toBeUndefined();
      });
    });

    describe('owners', () => {
      const paired = async (more: Partial<Client> = {}) => {
        const code = { codeHash: unique('code'), gatewayId, expiresAtMs: t0 + 600_000 };
        const client = { ...clientOf(gatewayId), ...more };
        await stores.pairings.issueCode(code, undefined);
        expect(await stores.pairings.redeem(code, client, t0)).toBe('redeemed');
        return client;
      };
      test("a gateway's live clients are listed, and no others", async () => {
        const [first, second] = [await paired(), await paired()];
        await paired({ expiresAtMs: t0 + 1_000 });
        const listed = await stores.clients.list(gatewayId, t0 + 1_000);
        expect(new Map(listed.map((client) => [client.clientId, client]))).toEqual(
          new Map([first, second].map((client) => [client.clientId, client])),
        );
      });
      test('a client is removed once, and an expired one is not there to be removed', async () => {
        const client = await paired();
        const { clientId, expiresAtMs } = client;
        const socket = socketAt(t0);
        await stores.clients.enter(client, socket);
        expect(await stores.clients.remove(gatewayId, clientId, expiresAtMs)).toBe('not-found');
        expect(await stores.clients.remove(gatewayId, clientId, t0)).toEqual({
          ...client,
          sockets: [socket],
        });
        expect(await stores.clients.remove(gatewayId, clientId, t0)).toBe('not-found');
        expect((await stores.clients.readWithGateway(gatewayId, clientId, t0)).client).toBeUndefined();
      });
      test("an App's sockets are bounded as a runtime's are, and need the client to be there", async () => {
        const client = await paired();
        const five = [1, 2, 3, 4, 5].map((n) => socketAt(t0 + n));
        for (const socket of five.slice(0, 4)) await stores.clients.enter(client, socket);
        expect(await stores.clients.enter(client, five[4]!)).toMatchObject({ pushedOut: [five[0]] });
        await stores.clients.leave(client, five[2]!);
        await stores.clients.leave(client, socketAt(t0));
        const listed = (await stores.clients.list(gatewayId, t0))[0]!;
        expect(listed.sockets).toEqual([five[4], five[3], five[1]]);
        expect(await stores.clients.enter({ ...client, tokenHash: 'another' }, five[0]!)).toBe('gone');
        await stores.clients.remove(gatewayId, client.clientId, t0);
        expect(await stores.clients.enter(client, five[0]!)).toBe('gone');
        await stores.clients.leave(client, five[1]!);
        expect(await stores.clients.list(gatewayId, t0)).toEqual([]);
      });
      const lease = (id = unique('lease'), untilMs = t0 + 60_000) => ({ id, untilMs });
      test('of simultaneous streams sixteen get a place, and one that is given back is taken again', async () => {
        const client = await paired();
        const all = Array.from({ length: 20 }, () => ({ streams: lease(), calls: lease() }));
        const held = await Promise.all(all.map((leases) => stores.clients.hold(client, leases, t0)));
        expect(held.filter((outcome) => outcome === 'full')).toHaveLength(4);
        const read = async () => (await stores.clients.list(gatewayId, t0))[0]!;
        // All or none: whoever got no stream holds no call either.
        expect([(await read()).streams.length, (await read()).calls.length]).toEqual([16, 16]);
        await stores.clients.giveBack(client, all[held.findIndex((outcome) => outcome !== 'full')]!);
        expect(await stores.clients.hold(client, { streams: lease('next') }, t0)).toMatchObject({
          clientId: client.clientId,
          streams: expect.arrayContaining([lease('next')]),
        });
        await stores.clients.giveBack(client, { streams: lease('nobody') });
        expect([(await read()).streams.length, (await read()).calls.length]).toEqual([16, 15]);
      });
      test('a place whose holder crashed is free when its time is over', async () => {
        const client = await paired();
        for (let n = 0; n < 64; n++) {
          const held = await stores.clients.hold(client, { calls: lease(`${n}`, t0 + 30_000) }, t0);
          expect(held).toMatchObject({ clientId: client.clientId });
        }
        expect(await stores.clients.hold(client, { calls: lease() }, t0 + 29_000)).toBe('full');
        const next = await stores.clients.hold(client, { calls: lease('next') }, t0 + 30_000);
        expect((next as Client).calls.map(({ id }) => id)).toEqual(['next']);
      });
      test('places of calls that are known to have ended make room for the next ones, whoever came in between', async () => {
        const client = await paired();
        const held = Array.from({ length: 64 }, (_, n) => lease(`${n}`));
        for (const each of held) await stores.clients.hold(client, { calls: each }, t0);
        const dropping = { over: held.slice(0, 40), seen: held };
        const next = Array.from({ length: 40 }, (_, n) => lease(`next ${n}`));
        const outcomes = await Promise.all(
          next.map((each, n) =>
            stores.clients.hold(
              client,
              n % 2 ? { calls: each, streams: each } : { calls: each },
              t0,
              dropping,
            ),
          ),
        );
        // Of streams sixteen are the quota: those beyond hold no call either.
        expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(4);
        const [now] = await stores.clients.list(gatewayId, t0);
        const ids = now!.calls.map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining(held.slice(40).map(({ id }) => id)));
        expect(ids.filter((id) => id.startsWith('next'))).toHaveLength(36);
      });
      test('nobody holds anything of a client that is gone or has another token', async () => {
        const client = await paired();
        const leases = { calls: lease() };
        expect(await stores.clients.hold({ ...client, tokenHash: 'another' }, leases, t0)).toBe('gone');
        await stores.clients.remove(gatewayId, client.clientId, t0);
        expect(await stores.clients.hold(client, leases, t0)).toBe('gone');
        await stores.clients.giveBack(client, leases);
        expect(await stores.clients.list(gatewayId, t0)).toEqual([]);
      });
      test('use prolongs a life, and brings nobody back', async () => {
        const client = await paired();
        const laterMs = client.expiresAtMs + 5_000;
        await stores.clients.used(client, t0 + 9, laterMs);
        const { client: read } = await stores.clients.readWithGateway(gatewayId, client.clientId, t0);
        expect(read).toEqual({ ...client, lastUsedAtMs: t0 + 9, expiresAtMs: laterMs });
        await stores.clients.remove(gatewayId, client.clientId, t0);
        await stores.clients.used(client, t0 + 9, laterMs);
        expect(await stores.clients.list(gatewayId, t0)).toEqual([]);
      });
      test('all clients of a gateway go, however many they are, and those of others stay', async () => {
        for (let n = 0; n < 30; n++) await paired({ expiresAtMs: n % 2 ? t0 - 1 : t0 + 1_000 });
        const mine = gatewayId;
        gatewayId = unique('gw');
        await stores.gateways.create(gatewayNamed(gatewayId));
        const other = await paired();
        const removed = await stores.clients.removeAll(mine);
        expect(new Set(removed.map(({ clientId }) => clientId)).size).toBe(30);
        expect(await stores.clients.list(mine, 0)).toEqual([]);
        expect(await stores.clients.list(gatewayId, t0)).toEqual([other]);
      });
      test('a secret is replaced once, and its sockets are out in the same write', async () => {
        const [older, newer] = [socketAt(t0), socketAt(t0 + 1)];
        for (const socket of [older, newer]) await stores.gateways.enter(gatewayId, socket, 'hash');
        const tries = ['one', 'two'].map((to) => stores.gateways.rotateSecret(gatewayId, 'hash', to, t0));
        const outcomes = await Promise.all(tries);
        expect(outcomes.filter((outcome) => outcome === 'gone')).toHaveLength(1);
        expect(outcomes).toContainEqual({ sockets: [newer, older] });
        const gateway = await stores.gateways.read(gatewayId);
        expect([gateway?.sockets, gateway?.leftAtMs]).toEqual([[], t0]);
        expect(['one', 'two']).toContain(gateway?.secretHash);
      });
      test('a gateway that is leaving is found by nobody but who removes it', async () => {
        const client = await paired();
        const code = { codeHash: unique('code'), gatewayId, expiresAtMs: t0 + 600_000 };
        await stores.pairings.issueCode(code, undefined);
        const socket = socketAt(t0);
        await stores.gateways.enter(gatewayId, socket, 'hash');
        expect(await stores.gateways.startRemoval(gatewayId, 'another hash', t0)).toBe('gone');
        const left = await stores.gateways.startRemoval(gatewayId, 'hash', t0);
        expect(left).toMatchObject({ gatewayId, accessCodeHash: code.codeHash, sockets: [socket] });
        expect(await stores.gateways.read(gatewayId)).toBeUndefined();
        const read = await stores.clients.readWithGateway(gatewayId, client.clientId, t0);
        expect(read.gateway).toBeUndefined();
        expect(await stores.pairings.redeem(code, clientOf(gatewayId), t0)).toBe('dead');
        expect(await stores.pairings.issueCode({ ...code, codeHash: unique('code') }, code.codeHash)).toBe(
          'changed',
        );
        expect(await stores.gateways.enter(gatewayId, socketAt(t0), 'hash')).toBe('gone');
        expect(await stores.gateways.seen(gatewayId, socket, t0)).toBe('not-there');
        expect(await stores.gateways.rotateSecret(gatewayId, 'hash', 'other', t0)).toBe('gone');
        // Begun again, and ended.
        expect((await stores.gateways.readEvenLeaving(gatewayId))?.secretHash).toBe('hash');
        expect(await stores.gateways.startRemoval(gatewayId, 'hash', t0 + 1)).toMatchObject({
          gatewayId,
          sockets: [socket],
        });
        await stores.gateways.remove(gatewayId);
        expect(await stores.gateways.readEvenLeaving(gatewayId)).toBeUndefined();
        expect(await stores.gateways.startRemoval(gatewayId, 'hash', t0)).toBe('gone');
      });
    });

    describe('codes', () => {
      const codeFor = (id: string) => ({
        codeHash: unique('code'),
        gatewayId: id,
        expiresAtMs: t0 + 600_000,
      });

      test('a code turns into a client once, of any number of simultaneous redeems', async () => {
        const code = codeFor(gatewayId);
        await stores.pairings.issueCode(code, undefined);
        const tries = Array.from({ length: 10 }, () => stores.pairings.redeem(code, clientOf(gatewayId), t0));
        const outcomes = await Promise.all(tries);
        expect(outcomes.filter((outcome) => outcome === 'redeemed')).toHaveLength(1);
        expect(await stores.pairings.readCode(code.codeHash, t0)).toBeUndefined();
      });
      test('the client of a redeemed code is there, with its gateway', async () => {
        const [code, client] = [codeFor(gatewayId), clientOf(gatewayId)];
        await stores.pairings.issueCode(code, undefined);
        await stores.pairings.redeem(code, client, t0);
        const read = await stores.clients.readWithGateway(gatewayId, client.clientId, t0);
        expect(read).toEqual({ client, gateway: gatewayNamed(gatewayId) });
      });
      test('a code past its time is dead although its row still exists', async () => {
        const code = codeFor(gatewayId);
        await stores.pairings.issueCode(code, undefined);
        expect(await stores.pairings.readCode(code.codeHash, code.expiresAtMs - 1)).toEqual(code);
        expect(await stores.pairings.readCode(code.codeHash, code.expiresAtMs)).toBeUndefined();
        expect(await stores.pairings.redeem(code, clientOf(gatewayId), code.expiresAtMs)).toBe('dead');
      });
      test('a newer code of the gateway kills the older one', async () => {
        const [older, newer] = [codeFor(gatewayId), codeFor(gatewayId)];
        await stores.pairings.issueCode(older, undefined);
        await stores.pairings.issueCode(newer, older.codeHash);
        expect(await stores.pairings.readCode(older.codeHash, t0)).toBeUndefined();
        expect(await stores.pairings.redeem(older, clientOf(gatewayId), t0)).toBe('dead');
        expect(await stores.pairings.redeem(newer, clientOf(gatewayId), t0)).toBe('redeemed');
      });
      test('of simultaneous issues that replace the same code one succeeds', async () => {
        const codes = Array.from({ length: 5 }, () => codeFor(gatewayId));
        const outcomes = await Promise.all(codes.map((code) => stores.pairings.issueCode(code, undefined)));
        expect(outcomes.filter((outcome) => outcome === 'issued')).toHaveLength(1);
      });
      test('no code is issued for a gateway that is not there', async () => {
        expect(await stores.pairings.issueCode(codeFor('gw_none'), undefined)).toBe('changed');
      });
      test('a client past its time is not found', async () => {
        const [code, client] = [codeFor(gatewayId), clientOf(gatewayId)];
        await stores.pairings.issueCode(code, undefined);
        await stores.pairings.redeem(code, client, t0);
        const read = await stores.clients.readWithGateway(gatewayId, client.clientId, client.expiresAtMs);
        expect(read.client).toBeUndefined();
      });
    });

    describe('descriptors', () => {
      const waiting = () => ({
        codeHash: unique('code'),
        descriptor: '{"a":"ü"}',
        expiresAtMs: t0 + 600_000,
      });
      test('a descriptor is taken once, of any number of simultaneous takers', async () => {
        const left = waiting();
        expect(await stores.descriptors.leave(left, t0)).toBe('left');
        const takers = Array.from({ length: 10 }, () => stores.descriptors.take(left.codeHash, t0));
        const taken = (await Promise.all(takers)).filter((descriptor) => descriptor !== undefined);
        expect(taken).toEqual([left.descriptor]);
      });
      test('a code behind which a descriptor waits is not given twice, until its time is over', async () => {
        const left = waiting();
        await stores.descriptors.leave(left, t0);
        const other = { ...left, descriptor: '{"b":1}', expiresAtMs: left.expiresAtMs + 600_000 };
        expect(await stores.descriptors.leave(other, left.expiresAtMs - 1)).toBe('code-exists');
        expect(await stores.descriptors.leave(other, left.expiresAtMs)).toBe('left');
        expect(await stores.descriptors.take(left.codeHash, left.expiresAtMs)).toBe(other.descriptor);
      });
      test('a descriptor past its time is dead although its row still exists', async () => {
        const left = waiting();
        await stores.descriptors.leave(left, t0);
        expect(await stores.descriptors.take(left.codeHash, left.expiresAtMs)).toBeUndefined();
      });
      test('an access code is no descriptor', async () => {
        const code = { codeHash: unique('code'), gatewayId, expiresAtMs: t0 + 600_000 };
        await stores.pairings.issueCode(code, undefined);
        expect(await stores.descriptors.take(code.codeHash, t0)).toBeUndefined();
        expect(await stores.pairings.readCode(code.codeHash, t0)).toEqual(code);
      });
    });

    describe('attempts', () => {
      const endsAtMs = t0 + 60_000;
      const read = async (source: string) => (await stores.attempts.read(source, t0)).row;

      test('of simultaneous places no more than the window has are taken', async () => {
        const source = unique('source');
        const opened = Array.from({ length: 5 }, () => stores.attempts.open(source, undefined, endsAtMs));
        expect((await Promise.all(opened)).sort()).toEqual([...Array(4).fill('changed'), 'taken']);
        const joined = Array.from({ length: 20 }, () => stores.attempts.join(source, endsAtMs, 10));
        expect((await Promise.all(joined)).filter((outcome) => outcome === 'taken')).toHaveLength(9);
        expect(await read(source)).toEqual({
          taken: 10,
          failures: 0,
          failedAtMs: 0,
          windowEndsAtMs: endsAtMs,
        });
      });
      test('a place is given back, or becomes a failure', async () => {
        const source = unique('source');
        await stores.attempts.open(source, undefined, endsAtMs);
        await stores.attempts.join(source, endsAtMs, 10);
        await stores.attempts.giveBack(source, endsAtMs);
        await stores.attempts.fail(source, endsAtMs, t0 + 5);
        expect(await read(source)).toMatchObject({ taken: 1, failures: 1, failedAtMs: t0 + 5 });
      });
      test('a window follows the one that was seen to end, and what belongs to that one is forgotten', async () => {
        const source = unique('source');
        await stores.attempts.open(source, undefined, endsAtMs);
        await stores.attempts.fail(source, endsAtMs, t0);
        const nextEndsAtMs = endsAtMs + 60_000;
        expect(await stores.attempts.open(source, undefined, nextEndsAtMs)).toBe('changed');
        expect(await stores.attempts.open(source, endsAtMs, nextEndsAtMs)).toBe('taken');
        await stores.attempts.giveBack(source, endsAtMs);
        await stores.attempts.fail(source, endsAtMs, t0);
        expect(await stores.attempts.join(source, endsAtMs, 10)).toBe('changed');
        expect(await read(source)).toEqual({
          taken: 1,
          failures: 0,
          failedAtMs: 0,
          windowEndsAtMs: nextEndsAtMs,
        });
      });
      test('failures of all sources count in their minute and the next', async () => {
        const minute = t0 + 60_000 * Math.floor(Math.random() * 1e6);
        const ofAll = async (nowMs: number) => (await stores.attempts.read('none', nowMs)).failuresOfAll;
        const before = await ofAll(minute);
        await Promise.all([1, 2, 3].map(() => stores.attempts.countFailure(minute)));
        expect(await ofAll(minute)).toBe(before + 3);
        expect(await ofAll(minute + 60_000)).toBe(before + 3);
        expect(await ofAll(minute + 120_000)).toBe(0);
      });
    });

    describe('connections', () => {
      test('a connection is found until it is removed or past its time', async () => {
        const connection = connectionTo(gatewayId, t0);
        await stores.connections.put(connection);
        expect(await stores.connections.read(connection.connectionId, t0)).toEqual(connection);
        expect(
          await stores.connections.read(connection.connectionId, connection.expiresAtMs),
        ).toBeUndefined();
        await stores.connections.remove(connection.connectionId);
        expect(await stores.connections.read(connection.connectionId, t0)).toBeUndefined();
      });
    });

    describe('calls', () => {
      const answered = {
        outcome: 'answered',
        atMs: t0 + 10,
        answer: { result: { deep: ['x'.repeat(2000)] } },
      } as const;

      test('a call is opened once; the second gets the first', async () => {
        const call = callTo(gatewayId);
        expect(await stores.calls.open(call, t0)).toBe('opened');
        expect(await stores.calls.open({ ...call, method: 'other', nonce: 'nonce-34' }, t0)).toEqual(call);
      });
      test('a call whose time is over makes room for one with the same key', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        expect(await stores.calls.open({ ...call, nonce: 'nonce-34' }, call.expiresAtMs)).toBe('opened');
      });
      test('an end says how the call stands with it, and whether its command certainly never left', async () => {
        const { sentTo: _, ...unsent } = callTo(gatewayId);
        const offline = { outcome: 'offline', atMs: t0 + 10 } as const;
        for (const call of [unsent, callTo(gatewayId)]) {
          await stores.calls.open(call, t0);
          const end = call === unsent ? { ...offline, unsent: true } : offline;
          const { expiresAtMs: __, ...rest } = call;
          expect(await stores.calls.end(call, offline, { waiter: true })).toMatchObject({
            ended: { ...rest, end },
          });
          expect((await stores.calls.read(call.callKey, t0 + 20))?.end).toEqual(end);
          expect((await stores.calls.state(call.callKey, t0 + 20))?.end).toEqual(end);
        }
      });
      test('of 50 that open a call anew whose command never left one opens it', async () => {
        const { sentTo: _, ...unsent } = callTo(gatewayId);
        await stores.calls.open(unsent, t0);
        await stores.calls.end(unsent, { outcome: 'offline', atMs: t0 + 10 }, { waiter: true });
        const again = Array.from({ length: 50 }, (__, n) => ({
          ...unsent,
          nonce: `nonce-${n}`,
          openedAtMs: t0 + 20,
        }));
        expect(await stores.calls.open({ ...again[0]!, digest: 'other' }, t0 + 20)).toHaveProperty('end');
        const opened = await Promise.all(again.map((call) => stores.calls.open(call, t0 + 20)));
        expect(opened.filter((outcome) => outcome === 'opened')).toHaveLength(1);
        const joined = opened.filter((outcome) => outcome !== 'opened');
        expect(new Set(joined.map(({ nonce }) => nonce))).toEqual(
          new Set([again[opened.indexOf('opened')]!.nonce]),
        );
      });
      const kept = [
        ['offline', 'socket-1'],
        ['disconnected', 'socket-1'],
        ['timed-out', undefined],
        ['cancelled', undefined],
      ] as const;
      test.each(kept)(
        'a call that ended %s, its command gone to %p, is never opened anew',
        async (outcome, sentTo) => {
          const { sentTo: _, ...unsent } = callTo(gatewayId);
          const call = sentTo ? { ...unsent, sentTo } : unsent;
          await stores.calls.open(call, t0);
          await stores.calls.end(call, { outcome, atMs: t0 + 10 }, { waiter: true });
          expect(await stores.calls.open({ ...call, nonce: 'nonce-34' }, t0 + 20)).toMatchObject({
            end: { outcome },
          });
        },
      );
      test('the socket that got the command ends the call, once', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        expect(await stores.calls.end(call, answered, { connectionId: 'socket-1' })).toHaveProperty('ended');
        const again = { ...answered, answer: { result: 'second' } };
        const refused = await stores.calls.end(call, again, { connectionId: 'socket-1' });
        const { outcome, atMs } = answered;
        expect(refused).toMatchObject({ refused: { end: { outcome, atMs } } });
        const kept = { ...call, end: answered, expiresAtMs: answered.atMs + 600_000 };
        expect(await stores.calls.read(call.callKey, t0 + 20)).toMatchObject({
          ...kept,
          expiresAtMs: expect.any(Number),
        });
      });
      test('another socket, another gateway or another nonce ends nothing', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const others = [
          stores.calls.end(call, answered, { connectionId: 'socket-2' }),
          stores.calls.end(call, answered, { gatewayId: 'gw_other' }),
          stores.calls.end({ ...call, nonce: 'nonce-99' }, answered, { connectionId: 'socket-1' }),
        ];
        for (const outcome of await Promise.all(others)) expect(outcome).toEqual({ refused: call });
        expect(await stores.calls.end(call, answered, { gatewayId })).toHaveProperty('ended');
      });
      test('a reply at the deadline is late; a waiter may still end the call', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const late = { ...answered, atMs: call.deadlineMs };
        expect(await stores.calls.end(call, late, { connectionId: 'socket-1' })).toEqual({ refused: call });
        const timedOut = { outcome: 'timed-out', atMs: call.deadlineMs } as const;
        expect(await stores.calls.end(call, timedOut, { waiter: true })).toHaveProperty('ended');
        expect((await stores.calls.read(call.callKey, call.deadlineMs))?.end).toEqual(timedOut);
      });
      test('a command sent to another socket is answered by that one', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        expect(await stores.calls.sentTo(call, 'socket-2')).toBe('noted');
        expect(await stores.calls.end(call, answered, { connectionId: 'socket-1' })).toHaveProperty(
          'refused',
        );
        expect(await stores.calls.end(call, answered, { connectionId: 'socket-2' })).toHaveProperty('ended');
      });
      test('a socket whose word was withdrawn ends nothing by itself, its gateway still does', async () => {
        const [mine, other] = [callTo(gatewayId), { ...callTo(gatewayId), sentTo: 'socket-2' }];
        for (const call of [mine, other]) {
          await stores.calls.open(call, t0);
          await stores.calls.withdraw(call, ['socket-1', 'socket-9']);
        }
        await stores.calls.withdraw({ ...other, nonce: 'nonce-99' }, ['socket-2']);
        expect(await stores.calls.end(mine, answered, { connectionId: 'socket-1' })).toHaveProperty(
          'refused',
        );
        expect(await stores.calls.end(mine, answered, { gatewayId })).toHaveProperty('ended');
        await stores.calls.withdraw(mine, ['-']);
        expect(await stores.calls.end(other, answered, { connectionId: 'socket-2' })).toHaveProperty('ended');
      });
      test('an unknown call ends as nothing', async () => {
        expect(await stores.calls.end(callTo(gatewayId), answered, { waiter: true })).toEqual({});
      });
      test('a write that is repeated because its answer was lost counts as done', async () => {
        const call = callTo(gatewayId);
        expect(await stores.calls.open(call, t0)).toBe('opened');
        expect(await stores.calls.open(call, t0)).toBe('opened');
        expect(await stores.calls.end(call, answered, { gatewayId })).toHaveProperty('ended');
        expect(await stores.calls.end(call, answered, { gatewayId })).toHaveProperty('ended');
      });
      test('no command goes out for a call that has ended', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        await stores.calls.end(call, { outcome: 'cancelled', atMs: t0 + 1 }, { waiter: true });
        expect(await stores.calls.sentTo(call, 'socket-2')).toBe('ended');
      });

      const sizes = [
        ['of a few bytes', 'x'],
        ['of 100 KB', randomText(100_000)],
        ['of 4 MB that no packing makes smaller', randomText(4_000_000)],
      ] as const;
      test.each(sizes)('an answer %s reads back whole', async (_, text) => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const end = { outcome: 'answered', atMs: t0 + 10, answer: { result: { text } } } as const;
        expect(await stores.calls.end(call, end, { gatewayId })).toHaveProperty('ended');
        expect((await stores.calls.read(call.callKey, t0 + 20))?.end).toEqual(end);
        expect((await stores.calls.follow(call, -1, t0 + 20)).call?.end).toEqual(end);
      });
      test.each(sizes)('params %s are there until the call ends', async (_, text) => {
        const call = { ...callTo(gatewayId), params: { text } };
        await stores.calls.open(call, t0);
        await stores.calls.keepParams(call);
        expect(await stores.calls.paramsOf(call)).toEqual({ value: { text } });
        expect(await stores.calls.paramsOf({ ...call, nonce: 'nonce-99' })).toBeUndefined();
        await stores.calls.end(call, answered, { gatewayId });
        expect(await stores.calls.paramsOf(call)).toBeUndefined();
      });
      test('a call without params has none to give', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        expect(await stores.calls.paramsOf(call)).toEqual({});
      });

      test('a large answer on a word that does not count leaves the one that is kept whole', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const [kept, forged] = [randomText(400_000), randomText(400_000)].map(
          (text) => ({ outcome: 'answered', atMs: t0 + 10, answer: { result: text } }) as const,
        );
        expect(await stores.calls.end(call, kept!, { gatewayId })).toHaveProperty('ended');
        for (const by of [{ gatewayId: 'gw_other' }, { connectionId: 'socket-9' }, { gatewayId }]) {
          expect(await stores.calls.end(call, forged!, by)).toHaveProperty('refused');
          expect((await stores.calls.read(call.callKey, t0 + 20))?.end).toEqual(kept);
        }
      });
      test('two large answers at the same time are one of them, whole', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const ends = [1, 2].map(
          (n) => ({ outcome: 'answered', atMs: t0 + n, answer: { result: randomText(800_000) } }) as const,
        );
        const outcomes = await Promise.all(ends.map((end) => stores.calls.end(call, end, { gatewayId })));
        expect(outcomes.filter((outcome) => 'ended' in outcome)).toHaveLength(1);
        expect(ends).toContainEqual((await stores.calls.read(call.callKey, t0 + 20))?.end);
      });
      test('the state of a call is told without its answer', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        expect(await stores.calls.state(call.callKey, t0)).toEqual(call);
        await stores.calls.end(call, answered, { gatewayId });
        const { outcome, atMs } = answered;
        expect((await stores.calls.state(call.callKey, t0 + 20))?.end).toEqual({ outcome, atMs });
        expect(await stores.calls.state(call.callKey, t0 + 601_010)).toBeUndefined();
      });

      const step = (seq: number, atMs = t0 + seq) => ({ seq, data: { step: seq }, atMs });
      test('progress comes in the order of its seq, once each, after the one that was seen', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        for (const seq of [3, 1, 12, 2]) {
          expect(await stores.calls.addProgress(call, step(seq))).toBe('added');
        }
        expect(await stores.calls.addProgress(call, { ...step(2), data: 'again' })).toBe('repeated');
        const { call: read, progress } = await stores.calls.follow(call, 1, t0 + 20);
        expect(progress).toEqual([step(2), step(3), step(12)]);
        expect(read).toEqual(call);
      });
      test('progress of an earlier call with the same key, or from after the end, is not seen', async () => {
        const call = callTo(gatewayId);
        const earlier = { ...call, nonce: 'nonce-99', openedAtMs: t0 - 900_000 };
        for (const seq of [1, 2, 3]) await stores.calls.addProgress(earlier, step(seq));
        await stores.calls.open(call, t0);
        expect(await stores.calls.addProgress(call, step(3))).toBe('added');
        await stores.calls.addProgress(call, step(4, answered.atMs + 1));
        await stores.calls.end(call, answered, { gatewayId });
        expect((await stores.calls.follow(call, -1, t0 + 20)).progress).toEqual([step(3)]);
        expect((await stores.calls.follow(earlier, -1, t0 + 20)).progress).toEqual([]);
      });
      test('an end keeps the count of its steps, and those that it counts are seen whenever they come', async () => {
        const call = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const counted = { ...answered, steps: 2 };
        expect(await stores.calls.end(call, counted, { gatewayId })).toMatchObject({
          ended: { end: { steps: 2 } },
        });
        // The client tries again when an answer of DynamoDB is lost.
        expect(await stores.calls.end(call, counted, { gatewayId })).toMatchObject({
          ended: { end: { steps: 2 } },
        });
        for (const seq of [1, 2]) await stores.calls.addProgress(call, step(seq, answered.atMs + 500));
        const { call: read, progress } = await stores.calls.follow(call, -1, t0 + 600);
        expect(progress).toEqual([step(1, answered.atMs + 500)]);
        expect(read?.end).toEqual(counted);
        expect((await stores.calls.state(call.callKey, t0 + 600))?.end?.steps).toBe(2);
      });
      test('the states of many calls are told at once, of those that are there', async () => {
        const opened = Array.from({ length: 130 }, (_, n) => ({ ...callTo(gatewayId), openedAtMs: t0 + n }));
        await Promise.all(opened.map((call) => stores.calls.open(call, t0)));
        await stores.calls.end(opened[0]!, answered, { gatewayId });
        const states = await stores.calls.states(['none', ...opened.map(({ callKey }) => callKey)], t0 + 20);
        expect(states.map(({ openedAtMs }) => openedAtMs).sort()).toEqual(
          opened.map(({ openedAtMs }) => openedAtMs).sort(),
        );
        const { outcome, atMs } = answered;
        expect(states.filter(({ end }) => end).map(({ end }) => end)).toEqual([{ outcome, atMs }]);
        expect(await stores.calls.states([], t0)).toEqual([]);
      });
      test('calls are removed with all that stands beside them, and no others', async () => {
        const [gone, stays] = [{ ...callTo(gatewayId), params: randomText(4_000) }, callTo(gatewayId)];
        for (const call of [gone, stays]) {
          await stores.calls.open(call, t0);
          await stores.calls.keepParams(call);
          await stores.calls.addProgress(call, step(1));
        }
        await stores.calls.remove([gone.callKey, 'none']);
        expect(await stores.calls.follow(gone, -1, t0)).toEqual({ progress: [] });
        expect(await stores.calls.paramsOf(gone)).toBeUndefined();
        expect((await stores.calls.follow(stays, -1, t0)).progress).toEqual([step(1)]);
      });
      test('a pending call is discarded as if it had never been; not one that has ended, or whose command left by another hand', async () => {
        const [open, ended, late, owed] = [1, 2, 3, 4].map(() => callTo(gatewayId));
        delete late!.sentTo;
        for (const call of [open, ended, late, owed]) await stores.calls.open(call!, t0);
        await stores.calls.end(ended!, answered, { gatewayId });
        await stores.calls.sentTo(late!, 'socket-2', 'mark');
        expect(await stores.calls.handedOut(owed!)).toBe('noted');
        expect(await stores.calls.handedOut(ended!)).toBe('ended');
        expect(await stores.calls.discard({ ...open!, nonce: 'nonce-99' })).toBe('discarded');
        expect(await stores.calls.state(open!.callKey, t0)).toEqual(open);
        expect(await stores.calls.discard(open!)).toBe('discarded');
        // The client tries again when an answer of DynamoDB is lost.
        expect(await stores.calls.discard(open!)).toBe('discarded');
        expect(await stores.calls.state(open!.callKey, t0)).toBeUndefined();
        for (const call of [ended, late, owed]) {
          expect(await stores.calls.discard(call!)).toBe('kept');
          expect(await stores.calls.state(call!.callKey, t0)).toBeDefined();
        }
      });
      test('of those who deliver side by side one notes its socket, though it is the same one', async () => {
        const { sentTo: _, ...call } = callTo(gatewayId);
        await stores.calls.open(call, t0);
        const marks = ['a', 'b', 'c'];
        const noted = await Promise.all(marks.map((mark) => stores.calls.sentTo(call, 'socket-2', mark)));
        expect(noted.filter((outcome) => outcome === 'noted')).toHaveLength(1);
        expect(await stores.calls.state(call.callKey, t0)).toEqual({ ...call, sentTo: 'socket-2' });
        // The client tries again when an answer of DynamoDB is lost.
        expect(await stores.calls.sentTo(call, 'socket-2', marks[noted.indexOf('noted')]!)).toBe('noted');
        await stores.calls.unreached(call);
        expect(await stores.calls.state(call.callKey, t0)).toMatchObject({ unreached: true });
      });

      const guarded = () => ({
        ...callTo(gatewayId),
        id: 'own',
        guarded: true as const,
        toTell: { displayName: 'Desk', runtimeType: 'openclaw', bytesIn: 2, commandBytes: 5 },
        listeners: [{ connectionId: 'app=', id: 1 as string | number }],
      });
      const turn = (holder: string, untilMs: number) => ({ holder, untilMs });
      test('a guarded call reads back with its listeners, and its end tells them', async () => {
        const call = guarded();
        await stores.calls.open(call, t0);
        expect(await stores.calls.state(call.callKey, t0)).toEqual(call);
        const ended = await stores.calls.end(call, answered, { gatewayId });
        expect(ended).toMatchObject({ ended: { id: 'own', guarded: true, listeners: call.listeners } });
      });
      test('listeners come by one each, whatever their ids, until the call has ended', async () => {
        const call = guarded();
        await stores.calls.open(call, t0);
        const more = [2, '2', 'a b "c"'].map((id) => ({ connectionId: 'other=', id }));
        for (const listener of [...more, more[0]!]) {
          const to = { listener, id: 'own', turn: turn('a', t0) };
          expect(await stores.calls.listen(call, to, t0)).toHaveProperty('listening');
        }
        const { ended } = (await stores.calls.end(call, answered, { gatewayId })) as { ended: StoredCall };
        expect(ended.listeners).toHaveLength(4);
        expect(ended.listeners).toEqual(expect.arrayContaining([...call.listeners, ...more]));
        const late = { listener: more[0]!, id: 'own', turn: turn('a', t0) };
        expect(await stores.calls.listen(call, late, t0 + 20)).toMatchObject({
          refused: { end: { outcome: 'answered' } },
        });
        expect(await stores.calls.listen(callTo(gatewayId), late, t0)).toEqual({});
      });
      test('one has the turn of telling progress at a time, and who listens anew waits for it', async () => {
        const call = guarded();
        await stores.calls.open(call, t0);
        const turns = ['a', 'b', 'c'].map((holder) =>
          stores.calls.takeTurn(call, turn(holder, t0 + 1_000), t0),
        );
        const taken = await Promise.all(turns);
        expect(taken.filter((state) => state !== undefined)).toMatchObject([{ told: -1 }]);
        const holder = 'abc'[taken.findIndex((state) => state !== undefined)]!;
        // The client tries again when an answer of DynamoDB is lost.
        expect(await stores.calls.takeTurn(call, turn(holder, t0 + 1_000), t0)).toMatchObject({ told: -1 });
        const to = { listener: { connectionId: 'new=', id: 'own' }, id: 'own', turn: turn('f', t0 + 3_000) };
        expect(await stores.calls.listen(call, to, t0)).toMatchObject({
          refused: { turnUntilMs: t0 + 1_000 },
        });
        expect(await stores.calls.giveTurnBack(call, 'z', 9)).toBe('lost');
        expect(await stores.calls.giveTurnBack(call, holder, 4)).toBe('given-back');
        expect(await stores.calls.takeTurn(call, turn('d', t0 + 1_000), t0)).toMatchObject({ told: 4 });
        expect(await stores.calls.takeTurn(call, turn('e', t0 + 2_000), t0 + 1_001)).toMatchObject({
          told: 4,
        });
        expect(await stores.calls.giveTurnBack(call, 'e', 5)).toBe('given-back');
        expect(await stores.calls.listen(call, to, t0)).toMatchObject({ listening: { told: 5 } });
        expect(await stores.calls.giveTurnBack(call, 'f', 5)).toBe('given-back');
      });
      test('a turn that outlives its call is given back, and no other is taken', async () => {
        const call = guarded();
        await stores.calls.open(call, t0);
        await stores.calls.takeTurn(call, turn('a', t0 + 1_000), t0);
        const { ended } = (await stores.calls.end(call, answered, { gatewayId })) as { ended: StoredCall };
        expect(ended.turnUntilMs).toBe(t0 + 1_000);
        expect(await stores.calls.giveTurnBack(call, 'a', 0)).toBe('given-back');
        expect((await stores.calls.state(call.callKey, t0 + 20))?.turnUntilMs).toBeUndefined();
        expect(await stores.calls.takeTurn(call, turn('b', t0 + 9_000), t0 + 2_000)).toBeUndefined();
      });
    });
  });
}
