/** Faults in the path of a call. */
import type { Fault } from './fault';

const deliver = 'lambdas/core/call/deliver-call.ts';
const accept = 'lambdas/core/call/accept-reply.ts';
const watch = 'lambdas/core/call/watch-call.ts';
const run = 'lambdas/core/call/run-call.ts';

export const faultsOfCalls: Fault[] = [
  {
    name: 'a command is posted again when the post was unclear',
    withinCalls: 10_000,
    patches: [
      {
        file: deliver,
        find: 'const outcome = await world.sockets.post(connectionId, command);',
        replace:
          "let outcome = await world.sockets.post(connectionId, command); if (outcome === 'unclear') outcome = await world.sockets.post(connectionId, command);",
      },
    ],
  },
  {
    name: 'a reply counts whatever gateway its socket belongs to',
    withinCalls: 10_000,
    patches: [
      {
        file: accept,
        find: "if (connection?.role !== 'runtime' || connection.gatewayId !== call.gatewayId) return 'foreign';",
        replace: "if (connection?.role !== 'runtime') return 'foreign';",
      },
      {
        file: accept,
        find: 'const second = await world.calls.end(ref, end, { gatewayId: connection.gatewayId });',
        replace: 'const second = await world.calls.end(ref, end, { gatewayId: call.gatewayId });',
      },
    ],
  },
  {
    name: 'a waiter that ends a call tells its own word, whatever came first',
    withinCalls: 10_000,
    patches: [
      {
        file: watch,
        find: 'return (written.refused && endAsOf(written.refused, end.atMs)) ?? end;',
        replace: 'return end;',
      },
    ],
  },
  {
    name: 'a call without a socket does not wait for the grace',
    withinCalls: 10_000,
    patches: [{ file: deliver, find: 'if (now >= graceEndsMs)', replace: 'if (now >= startedAtMs)' }],
  },
  {
    name: 'a joined call is opened and sent again',
    withinCalls: 10_000,
    patches: [
      {
        file: run,
        find: "if (opened === 'opened') return { ...prepared, gateway };",
        replace: "if (opened === 'opened' || !opened.end) return { ...prepared, gateway };",
      },
    ],
  },
];
