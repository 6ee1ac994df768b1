/** Deliberate faults where runtimes and Apps are heard. */
import type { Fault } from './fault';

const reply = 'lambdas/core/reply/accept-reply.ts';
const progress = 'lambdas/core/reply/accept-progress.ts';
const large = 'lambdas/core/reply/large-payloads.ts';
const pending = 'lambdas/core/reply/pending-calls.ts';
const runtime = 'lambdas/core/socket/runtime-socket.ts';
const open = 'lambdas/core/socket/open-socket.ts';
const frames = 'lambdas/core/socket/handle-frame.ts';
const dismiss = 'lambdas/core/socket/dismiss-socket.ts';

export const faultsOfSockets: Fault[] = [
  {
    name: 'a reply counts whatever gateway its socket belongs to',
    withinCalls: 20_000,
    patches: [
      {
        file: reply,
        find: "return role === 'runtime' && isCallOf(ref, gatewayId);",
        replace: "return role !== 'viewer' || isCallOf(ref, gatewayId);",
      },
      { file: reply, find: "if (call.gatewayId !== gatewayId) return 'foreign';", replace: '' },
      {
        file: reply,
        find: 'return await endByGateway(world, gatewayId, ref, end);\n}',
        replace: 'return await endByGateway(world, first.refused?.gatewayId ?? gatewayId, ref, end);\n}',
      },
    ],
  },
  {
    name: 'a reply of a socket that its gateway does not list any more counts',
    withinCalls: 60_000,
    patches: [
      {
        file: reply,
        find: 'if (!gateway?.sockets.some((socket) => socket.connectionId === connectionId))',
        replace: 'if (!gateway)',
      },
    ],
  },
  {
    name: 'progress without a look at whose call it is',
    withinCalls: 20_000,
    patches: [
      {
        file: progress,
        find: "if (role !== 'runtime' || !isCallOf(ref, gatewayId)) return 'foreign';",
        replace: '',
      },
      {
        file: progress,
        find: "if (call.gatewayId !== gatewayId) return 'foreign';",
        replace: 'return call;',
      },
    ],
  },
  {
    name: 'the replies route takes what belongs to another gateway',
    withinCalls: 20_000,
    patches: [
      {
        file: reply,
        find: "return isCallOf(ref, gatewayId) ? await endByGateway(world, gatewayId, ref, end) : 'foreign';",
        replace:
          'const owner = (await world.calls.read(ref.callKey, end.atMs))?.gatewayId; return await endByGateway(world, owner ?? gatewayId, ref, end);',
      },
    ],
  },
  {
    name: 'params are given to whoever knows the id of a command',
    withinCalls: 60_000,
    patches: [
      { file: large, find: 'ref && isCallOf(ref, gatewayId) ?', replace: 'ref ?' },
      {
        file: large,
        find: 'call?.gatewayId === gatewayId && frameIdOf(call)',
        replace: 'call && frameIdOf(call)',
      },
    ],
  },
  {
    name: 'what is owed is told to sockets of a secret that was rotated',
    withinCalls: 60_000,
    patches: [
      {
        file: runtime,
        find: 'if (!gateway || !isListed(connection, gateway.sockets)) return await dismissed(gateway);',
        replace: 'if (!gateway) return await dismissed(gateway);',
      },
    ],
  },
  {
    name: 'a call that has ended is still owed',
    withinCalls: 60_000,
    patches: [
      {
        file: pending,
        find: 'if (call.end || nowMs >= call.deadlineMs) return false;',
        replace: '',
      },
      { file: pending, find: 'if (!params) return undefined;', replace: '' },
      { file: pending, find: 'params.value, meta)', replace: 'params?.value, meta)' },
    ],
  },
  {
    name: 'a socket that enters is not in charge',
    withinCalls: 20_000,
    patches: [
      {
        file: open,
        find: 'const entered = await orLeave(world.gateways.enter(gatewayId, socket, secretHash), leave);',
        replace:
          'const entered = { before: [], pushedOut: [] } as never as Entered; void leave; void orLeave;',
      },
    ],
  },
  {
    name: 'a reply that could not be stored is met with silence',
    withinCalls: 100_000,
    patches: [
      {
        file: frames,
        find: "return { answer: errorFrame(frame.id, -32000, 'The reply could not be stored. Send it again.'), fault };",
        replace: 'return {};',
      },
    ],
  },
  {
    name: 'a socket counts whether its credential lists it or not',
    withinCalls: 20_000,
    patches: [
      {
        file: dismiss,
        find: 'return sockets?.some((socket) => socket.connectionId === connectionId) ?? false;',
        replace: 'return true;',
      },
    ],
  },
];
