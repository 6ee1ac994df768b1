/**
 * `relay.resume`: an App on a new socket goes on with its calls. What runs is told there from now on, with the progress that it
 * missed; what has ended gives its answer. Both come under the call's own id, since ids of JSON-RPC count on their socket only.
 */
import * as z from 'zod/mini';
import { callKeyOf, callKeysOfLeases, type StoredCall } from '../call/states';
import type { Client } from '../pairing/ports';
import { ApiError, knownError } from '../wire/errors';
import { check } from '../wire/json';
import { limits } from '../wire/limits';
import { callId } from '../wire/protocol';
import { problemFrame } from './frames-of-call';
import { listenTo } from './listen';
import type { PushWorld } from './world';

/** How many calls are looked at side by side. */
const atOnce = 8;

/** What an App asks to go on with. Default: whatever of it runs, from the beginning. */
export const resumeRequest = z.object({
  calls: z.optional(
    z
      .array(
        z.object({
          id: callId,
          afterSeq: z._default(
            z.number().check(z.int(), z.minimum(-1), z.maximum(limits.maxProgressSeq)),
            -1,
          ),
        }),
      )
      .check(z.maxLength(limits.maxCallsPerClient)),
  ),
});

/** How each call stood. */
export interface Resumed {
  calls: Array<{ id: string; status: 'running' | 'ended' | 'unknown' }>;
}

interface Wanted {
  id: string;
  afterSeq: number;
  call: StoredCall | undefined;
}

/**
 * Finds the calls and says how they stand; `goOn` then gives what was missed, makes the socket hear the rest, and gives the
 * first fault that it met, for the log.
 */
export async function resumeCalls(
  world: PushWorld,
  client: Client,
  connectionId: string,
  params: unknown,
): Promise<{ resumed: Resumed; goOn: () => Promise<{ fault?: unknown }> }> {
  const { calls } = check(resumeRequest, params ?? {}, 'params');
  const wanted = calls ? await find(world, client, calls) : await findRunning(world, client);
  const resumed = wanted.map(({ id, call }) => ({ id, status: statusOf(call) }));
  const goOn = async () => {
    const known = wanted.flatMap(({ id, afterSeq, call }) => (call ? [{ id, afterSeq, call }] : []));
    const done = await inGroups(known, (each) => goOnWith(world, connectionId, each));
    return done.find(({ fault }) => fault !== undefined) ?? {};
  };
  return { resumed: { calls: resumed }, goOn };
}

/** One that cannot be gone on with is told so under its own id, and the others do not mind. */
async function goOnWith(
  world: PushWorld,
  connectionId: string,
  { id, afterSeq, call }: Wanted & { call: StoredCall },
): Promise<{ fault?: unknown }> {
  try {
    const listened = await listenTo(world, call, { listener: { connectionId, id }, id, afterSeq });
    if (listened === 'gone') throw new ApiError('not_found', 'The call failed to be opened.');
    return {};
  } catch (error) {
    const known = knownError(error);
    await world.sockets.post(connectionId, problemFrame(id, known, world.requestId));
    return known === error ? {} : { fault: error };
  }
}

/** Does something with each, a few side by side. */
async function inGroups<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return results;
}

async function find(
  world: PushWorld,
  { gatewayId, clientId }: Client,
  asked: Array<{ id: string; afterSeq: number }>,
): Promise<Wanted[]> {
  return await inGroups(asked, async ({ id, afterSeq }) => {
    const call = await world.calls.read(callKeyOf(gatewayId, clientId, id), world.clock.now());
    return { id, afterSeq, call };
  });
}

async function findRunning(world: PushWorld, { gatewayId, calls }: Client): Promise<Wanted[]> {
  const nowMs = world.clock.now();
  const keys = callKeysOfLeases(
    gatewayId,
    calls.map(({ id }) => id),
  );
  const states = await world.calls.states(keys, nowMs);
  const running = states.filter((call) => !call.end && nowMs < call.deadlineMs && call.id !== undefined);
  return running.map((call) => ({ id: call.id!, afterSeq: -1, call }));
}

function statusOf(call: StoredCall | undefined): 'running' | 'ended' | 'unknown' {
  if (!call) return 'unknown';
  return call.end ? 'ended' : 'running';
}
