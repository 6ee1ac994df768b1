/** Deliberate faults where nobody waits for a call: guards, resumes, and whoever ends a call for others. */
import type { Fault } from './fault';

const guards = 'lambdas/core/push/guards.ts';
const tell = 'lambdas/core/push/tell-end.ts';
const resume = 'lambdas/core/push/resume-calls.ts';
const opening = 'lambdas/core/push/open-pushed-call.ts';
const sockets = 'lambdas/core/socket/open-socket.ts';
const owner = 'lambdas/core/pairing/owner.ts';
const calls = 'test/support/memory/memory-calls.ts';

export const faultsOfPush: Fault[] = [
  {
    name: 'a guard without a condition: it ends what is not due',
    withinCalls: 20_000,
    patches: [
      { file: guards, find: 'if (nowMs < dueMs) return await', replace: 'if (nowMs < 0) return await' },
    ],
  },
  {
    name: 'the guard of a grace does not look whether the runtime is back',
    withinCalls: 60_000,
    patches: [
      {
        file: guards,
        find: 'if (gateway && (gateway.sockets.length > 0 || gateway.leftAtMs !== leftAtMs)) return;',
        replace: '',
      },
    ],
  },
  {
    name: 'a runtime that comes is not given the calls that wait for it',
    withinCalls: 60_000,
    patches: [
      {
        file: sockets,
        find: "world.guards.send({ kind: 'came', gatewayId }, deliverAfterMs).catch(() => {}),",
        replace: 'undefined,',
      },
    ],
  },
  {
    name: 'whoever ends a call tells nobody',
    withinCalls: 20_000,
    patches: [
      {
        file: tell,
        find: '  if (listeners.length === 0) return;',
        replace: '  if (listeners.length < 1_000) return;',
      },
    ],
  },
  {
    name: 'only the first who listens is told the answer',
    withinCalls: 60_000,
    patches: [
      {
        file: tell,
        find: 'listeners.map((listener) => postEnd',
        replace: 'listeners.slice(0, 1).map((listener) => postEnd',
      },
    ],
  },
  {
    name: 'resume without the client: calls of all clients of the gateway',
    withinCalls: 60_000,
    patches: [
      {
        file: resume,
        find: 'calls.map(({ id }) => id),',
        replace:
          '[...calls, ...(await world.clients.list(gatewayId, nowMs)).flatMap((each) => each.calls)].map(({ id }) => id),',
      },
    ],
  },
  {
    name: 'a command leaves although its call could not be opened',
    withinCalls: 60_000,
    patches: [
      { file: opening, find: 'throw failed?.reason;', replace: "return 'ready';" },
      {
        file: opening,
        find: 'const posted = await world.sockets.post(socket.connectionId, command,',
        replace: 'const posted = await world.sockets.post(gateway.sockets[0]!.connectionId, command,',
      },
    ],
  },
  {
    name: 'two guards post the same command',
    withinCalls: 200_000,
    patches: [
      {
        file: calls,
        find: 'if (!call || (by !== undefined && call.sentTo !== undefined && deliverers.get(nameOf(ref)) !== by))',
        replace: 'if (!call)',
      },
    ],
  },
  {
    name: 'two tell the progress of a call side by side',
    withinCalls: 60_000,
    patches: [
      {
        file: calls,
        find: 'if (!call || (!isMine && (call.turnUntilMs ?? 0) >= nowMs)) return undefined;',
        replace: 'if (!call) return undefined;',
      },
    ],
  },
  {
    name: 'who joins takes the place of who listens',
    withinCalls: 60_000,
    patches: [{ file: calls, find: 'listeners: [...others, listener]', replace: 'listeners: [listener]' }],
  },
  {
    name: 'a revocation leaves calls on sockets to their ends',
    withinCalls: 200_000,
    patches: [
      {
        file: owner,
        find: 'if (leases.length + sockets.length === 0) return;',
        replace: 'if (inMs >= 0) return;',
      },
    ],
  },
];
