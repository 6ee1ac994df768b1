import { randomBytes } from 'node:crypto';
import { noteUse, redeemAccessCode } from '../../../lambdas/core/pairing/clients';
import { issueAccessCode } from '../../../lambdas/core/pairing/gateways';
import { memoryStores } from '../../support/memory/memory-stores';

const t0 = 1_800_000_000_000;
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** A gateway in memory that issues codes and redeems them. */
async function gateway() {
  const stores = memoryStores();
  const world = { ...stores, random: (count: number) => randomBytes(count), accessCodeTtlMs: 600_000 };
  const gatewayId = 'gw_AAAAAAAAAAAAAAAA';
  await stores.gateways.create({
    gatewayId,
    secretHash: 'hash',
    runtimeType: 'openclaw',
    displayName: 'Desk',
    capabilities: [],
    createdAtMs: t0,
    sockets: [],
  });
  const issue = async (nowMs: number) =>
    issueAccessCode(world, (await stores.gateways.read(gatewayId))!, nowMs);
  const pair = async (nowMs: number) => redeemAccessCode(world, await issue(nowMs), nowMs);
  return { ...stores, world, gatewayId, issue, pair };
}

test('the 33rd client is refused and its code is not used up', async () => {
  const { pair, issue, world, clients, gatewayId } = await gateway();
  for (let n = 0; n < 32; n++) await pair(t0);
  const code = await issue(t0);
  await expect(redeemAccessCode(world, code, t0)).rejects.toMatchObject({ code: 'too_many_clients' });
  const [first] = await clients.list(gatewayId, t0);
  await clients.remove(gatewayId, first!.clientId, t0);
  await expect(redeemAccessCode(world, code, t0)).resolves.toHaveProperty('clientToken');
});

test('clients that nobody used for 90 days do not count', async () => {
  const { pair } = await gateway();
  for (let n = 0; n < 32; n++) await pair(t0);
  await expect(pair(t0 + 90 * dayMs - 1)).rejects.toMatchObject({ code: 'too_many_clients' });
  await expect(pair(t0 + 90 * dayMs)).resolves.toHaveProperty('clientToken');
});

test('codes that are issued and redeemed at the same time never give a 33rd client', async () => {
  const { pair, issue, world, clients, gatewayId } = await gateway();
  for (let n = 0; n < 31; n++) await pair(t0);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, async () => redeemAccessCode(world, await issue(t0), t0)),
  );
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(await clients.list(gatewayId, t0)).toHaveLength(32);
});

test('use is recorded once an hour at most, and prolongs the life to 90 days from then', async () => {
  const { pair, clients, gatewayId } = await gateway();
  await pair(t0);
  const now = async () => (await clients.list(gatewayId, t0))[0]!;
  await noteUse(clients, await now(), t0 + hourMs - 1);
  expect((await now()).lastUsedAtMs).toBe(t0);
  await noteUse(clients, await now(), t0 + hourMs);
  expect(await now()).toMatchObject({
    lastUsedAtMs: t0 + hourMs,
    expiresAtMs: t0 + hourMs + 90 * dayMs,
  });
  await noteUse(clients, await now(), t0 + hourMs + 1);
  expect((await now()).lastUsedAtMs).toBe(t0 + hourMs);
});
