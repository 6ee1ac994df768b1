/** Deliberate faults in what owners decide, and in the conditions of the writes that everything rests on. */
import type { Fault } from './fault';

const owner = 'lambdas/core/pairing/owner.ts';
const clients = 'lambdas/core/pairing/clients.ts';
const gateways = 'lambdas/core/pairing/gateways.ts';
const ends = 'lambdas/core/call/ends-watch.ts';
const calls = 'test/support/memory/memory-calls.ts';
const stores = 'test/support/memory/memory-stores.ts';

export const faultsOfOwners: Fault[] = [
  {
    name: 'a rotation leaves the sockets of the old secret in the row',
    withinCalls: 60_000,
    patches: [{ file: stores, find: 'sockets: [], secretHash: to,', replace: 'secretHash: to,' }],
  },
  {
    name: 'a rotation does not compare the secret',
    withinCalls: 200_000,
    patches: [
      {
        file: gateways,
        find: 'if (!gateway || !matchesHash(credential!, gateway.secretHash))',
        replace: 'if (!gateway)',
      },
    ],
  },
  {
    name: 'calls on their way to an old socket are not taken from it',
    withinCalls: 200_000,
    patches: [
      {
        file: owner,
        find: 'const withdraw = () => world.callSweep.withdrawAll(gatewayId, old, world.clock.now()).catch(() => {});',
        replace: 'const withdraw = async () => {};',
      },
    ],
  },
  {
    name: 'old sockets are not looked after once the rotation is answered',
    withinCalls: 600_000,
    patches: [
      {
        file: owner,
        find: 'afterwards: () => keepClosing(world, left, withdraw)',
        replace: 'afterwards: () => keepClosing(world, left)',
      },
    ],
  },
  {
    name: 'a revoked token is still good',
    withinCalls: 60_000,
    patches: [
      {
        file: owner,
        find: "const removed = client ? await world.clients.remove(gatewayId, clientId, nowMs) : 'not-found';",
        replace: "const removed = client ?? 'not-found';",
      },
    ],
  },
  {
    name: 'any token of a client is good',
    withinCalls: 200_000,
    patches: [
      {
        file: clients,
        find: '!matchesHash(credential!, client.tokenHash)',
        replace: 'matchesHash(credential!, undefined)',
      },
    ],
  },
  {
    name: 'a waiter does not look whether its client is still one',
    withinCalls: 200_000,
    patches: [
      {
        file: ends,
        find: "return client || !gateway ? gateway : 'revoked';",
        replace: 'void client; return gateway;',
      },
    ],
  },
  {
    name: 'an end is written over another',
    withinCalls: 20_000,
    patches: [
      {
        file: calls,
        find: 'if (call.nonce !== nonce || call.end || !allowed) return { refused: call };',
        replace: 'if (call.nonce !== nonce || !allowed) return { refused: call };',
      },
    ],
  },
  {
    name: 'a call is opened over one that stands there',
    withinCalls: 20_000,
    patches: [
      {
        file: calls,
        find: 'if (standing && !mayReopen(standing, call))',
        replace: 'if (standing && !mayReopen(standing, call) && standing.end)',
      },
    ],
  },
];
