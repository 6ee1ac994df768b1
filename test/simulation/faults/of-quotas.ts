/** Deliberate faults in what a client may hold, and in what whoever has no right may write. */
import type { Fault } from './fault';

const places = 'lambdas/core/call/places.ts';
const calls = 'test/support/memory/memory-calls.ts';
const stores = 'test/support/memory/memory-stores.ts';

export const faultsOfQuotas: Fault[] = [
  {
    name: 'a client holds as many streams as it likes',
    withinCalls: 60_000,
    patches: [
      {
        file: stores,
        find: "if (live.length >= mostLeases[kind]) return 'full';",
        replace: 'void mostLeases;',
      },
    ],
  },
  {
    name: 'a place is not given back',
    withinCalls: 20_000,
    patches: [
      {
        file: places,
        find: 'if (wasTaken) await this.world.clients.giveBack(this.client, this.leases);',
        replace: 'void wasTaken;',
      },
    ],
  },
  {
    name: 'the parts of an answer are written before the right to end the call is known',
    withinCalls: 20_000,
    patches: [
      {
        file: calls,
        find: 'const written = endAsStored(end, call);',
        replace: 'const written = endAsStored(end, call); params.set(callKey, end.answer);',
      },
    ],
  },
];
