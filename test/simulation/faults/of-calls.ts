/** Deliberate faults in the path of a call. */
import type { Fault } from './fault';

const deliver = 'lambdas/core/call/deliver-call.ts';
const end = 'lambdas/core/call/end-call.ts';
const watch = 'lambdas/core/call/watch-call.ts';
const run = 'lambdas/core/call/run-call.ts';
const ends = 'lambdas/core/call/ends-watch.ts';
const states = 'lambdas/core/call/states.ts';
const progress = 'lambdas/core/call/progress.ts';
const report = 'lambdas/core/reply/accept-progress.ts';

export const faultsOfCalls: Fault[] = [
  {
    name: 'a command is posted again when the post was unclear',
    withinCalls: 10_000,
    patches: [
      {
        file: deliver,
        find: 'const outcome = await world.sockets.post(socket.connectionId, command, withinMs);',
        replace:
          "let outcome = await world.sockets.post(socket.connectionId, command, withinMs); if (outcome === 'unclear') outcome = await world.sockets.post(socket.connectionId, command, withinMs);",
      },
    ],
  },
  {
    name: 'a waiter that ends a call tells its own word, whatever came first',
    withinCalls: 60_000,
    patches: [
      {
        file: end,
        find: 'return (written.refused && endAsOf(written.refused, end.atMs)) ?? end;',
        replace: 'return end;',
      },
    ],
  },
  {
    name: 'a call that meets no socket does not wait for the grace',
    withinCalls: 10_000,
    patches: [{ file: deliver, find: 'if (now >= graceEndsMs)', replace: 'if (now >= startedAtMs)' }],
  },
  {
    name: 'a runtime that left has no grace',
    withinCalls: 20_000,
    patches: [
      {
        file: ends,
        find: 'const graceEndsMs = leftAtMs + limits.graceMs;',
        replace: 'const graceEndsMs = leftAtMs;',
      },
    ],
  },
  {
    name: 'a call that runs under the id is opened and sent again',
    withinCalls: 10_000,
    patches: [
      {
        file: run,
        find: "if (opened === 'opened') return { ...prepared, gateway, places };",
        replace: "if (opened === 'opened' || !opened.end) return { ...prepared, gateway, places };",
      },
    ],
  },
  {
    name: 'the same id joins a call with other params',
    withinCalls: 10_000,
    patches: [{ file: run, find: 'if (opened.digest !== prepared.call.digest)', replace: 'if (false)' }],
  },
  {
    name: 'a call lasts longer than its App asked for',
    withinCalls: 20_000,
    patches: [
      {
        file: 'lambdas/core/call/prepare-call.ts',
        find: 'const deadlineMs = nowMs + request.timeoutMs;',
        replace: 'const deadlineMs = nowMs + request.timeoutMs + 5_000;',
      },
    ],
  },
  {
    name: 'a read that fails ends the waiting',
    withinCalls: 20_000,
    patches: [
      {
        file: watch,
        find: '  } catch {\n    return undefined;\n  }',
        replace:
          "  } catch {\n    return { progress: [], call: { ...call, end: { outcome: 'disconnected', atMs: now } } } as never;\n  }",
      },
    ],
  },
  {
    name: 'the ids of two clients meet',
    withinCalls: 10_000,
    patches: [
      {
        file: states,
        find: '{clientId}\\n$',
        replace: '{id}\\n$',
      },
    ],
  },
  {
    name: 'progress is passed on as it was stored, not in order',
    withinCalls: 20_000,
    patches: [
      {
        file: progress,
        find: 'if (!follows && nowMs - progress.atMs < holdMs) break;',
        replace: '',
      },
      { file: progress, find: 'this.lastSeq = progress.seq;', replace: '' },
    ],
  },
  {
    name: 'an answer does not wait for the steps that it counts and overtook',
    withinCalls: 200_000,
    patches: [
      { file: progress, find: 'const isOver = now >= untilMs;', replace: 'const isOver = now >= 0;' },
    ],
  },
  {
    name: 'a step that its answer overtook is refused although it is counted',
    withinCalls: 200_000,
    patches: [
      { file: report, find: 'if (call.end && nowMs >= stepsUntilMs(call))', replace: 'if (call.end)' },
    ],
  },
  {
    name: 'who cancels a call that has ended is told that it was cancelled',
    withinCalls: 20_000,
    patches: [
      {
        file: end,
        find: 'if (call.end) return call.end;',
        replace: "if (call.end) return { outcome: 'cancelled', atMs: world.clock.now() };",
      },
    ],
  },
];
