import { leaveDescriptor, takeDescriptor } from '../../../lambdas/core/pairing/descriptors';
import { ApiError } from '../../../lambdas/core/wire/errors';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const type = 'agenttown.runtime_pairing.v1';
const pairingCode = 'AT-7K2M-9QWX-4RTZ';
const descriptor = { type, displayName: 'Desk', endpoints: [{ url: 'https://desk.example/relay' }] };

const world = () => ({ descriptors: memoryStores().descriptors, pairingCodeTtlMs: 600_000 });
const notFound = { code: 'code_not_found' };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: ApiError) => error,
  );

test('a descriptor is given to whoever types its code, once, and says when it dies', async () => {
  const here = world();
  const left = await leaveDescriptor(here, { type, pairingCode, descriptor }, t0);
  expect(left).toEqual({ type, expiresAt: new Date(t0 + 600_000).toISOString() });
  expect(await takeDescriptor(here.descriptors, ' at7k2m 9qwx 4rtz', t0)).toEqual({ type, descriptor });
  expect(await failure(takeDescriptor(here.descriptors, pairingCode, t0))).toMatchObject(notFound);
});

test('a descriptor is gone after its time', async () => {
  const here = world();
  await leaveDescriptor(here, { type, pairingCode, descriptor }, t0);
  expect(await failure(takeDescriptor(here.descriptors, pairingCode, t0 + 600_000))).toMatchObject(notFound);
});

test('a second descriptor behind a waiting code is refused in any spelling of the code', async () => {
  const here = world();
  await leaveDescriptor(here, { type, pairingCode: 'AT-0000-1111-0000', descriptor }, t0);
  const again = leaveDescriptor(here, { type, pairingCode: 'oooo iiLL OOOO', descriptor }, t0 + 1);
  expect((await failure(again)).code).toBe('code_exists');
});

test("the descriptor's own type counts before the outer one, which fills in where it has none", async () => {
  const { type: _, ...untyped } = descriptor;
  await leaveDescriptor(world(), { type, pairingCode, descriptor: untyped }, t0);
  await leaveDescriptor(world(), { type: 'something else', pairingCode, descriptor }, t0);
  const wrong = leaveDescriptor(
    world(),
    { type, pairingCode, descriptor: { ...descriptor, type: 'v2' } },
    t0,
  );
  expect(await failure(wrong)).toMatchObject({
    code: 'descriptor_rejected',
    details: { errors: [{ path: 'descriptor.type', message: `must be ${type}` }] },
  });
  const none = leaveDescriptor(world(), { pairingCode, descriptor: untyped }, t0);
  expect((await failure(none)).details.errors).toEqual([{ path: 'type', message: `must be ${type}` }]);
});

test('a rejection names path and reason, never the value, and nothing waits afterwards', async () => {
  const here = world();
  const secret = 'hunter2-hunter2';
  const attempt = leaveDescriptor(
    here,
    { type, pairingCode, descriptor: { ...descriptor, gateway: { password: secret } } },
    t0,
  );
  const error = await failure(attempt);
  expect(error.code).toBe('descriptor_rejected');
  expect(error.details.errors).toEqual([
    { path: 'descriptor.gateway.password', message: expect.any(String) },
  ]);
  expect(error.message + JSON.stringify(error.details)).not.toContain(secret);
  expect(await failure(takeDescriptor(here.descriptors, pairingCode, t0))).toMatchObject(notFound);
});

test('32 KiB of descriptor pass and one byte more does not, counted in UTF-8', async () => {
  const sized = (bytes: number) => {
    const empty = { ...descriptor, note: '' };
    const left = bytes - Buffer.byteLength(JSON.stringify(empty));
    return { ...empty, note: `${'ü'.repeat(Math.floor(left / 2))}${left % 2 ? 'u' : ''}` };
  };
  await leaveDescriptor(world(), { type, pairingCode, descriptor: sized(32 * 1024) }, t0);
  const over = leaveDescriptor(world(), { type, pairingCode, descriptor: sized(32 * 1024 + 1) }, t0);
  expect(await failure(over)).toMatchObject({
    code: 'payload_too_large',
    details: { limitBytes: 32 * 1024 },
  });
});

test('16 levels pass and 17 do not', async () => {
  const nested = (levels: number): object => (levels === 1 ? {} : { in: nested(levels - 1) });
  const typed = (levels: number) => ({ type, in: nested(levels - 1) });
  await leaveDescriptor(world(), { type, pairingCode, descriptor: typed(16) }, t0);
  const deep = leaveDescriptor(world(), { type, pairingCode, descriptor: typed(17) }, t0);
  expect((await failure(deep)).code).toBe('descriptor_rejected');
});

test.each([
  '',
  'AT-1234',
  'AT-7K2M-9QWX-4RT',
  'AT-7K2M-9QWX-4RTZ-1',
  'АТ-7K2M-9QWX-4RTZ',
  'at_7k2m_9qwx_4rtz',
])('a pairing code that cannot be read is a fault of the request: %j', async (unreadable) => {
  const error = await failure(leaveDescriptor(world(), { type, pairingCode: unreadable, descriptor }, t0));
  expect(error).toBeInstanceOf(ApiError);
  expect([error.code, error.details.errors?.[0]?.path]).toEqual(['invalid_request', 'pairingCode']);
});
