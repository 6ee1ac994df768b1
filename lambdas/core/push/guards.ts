/**
 * Guards: what no waiter is there to see. Each looks whether there is still something to do, and the one conditional write that
 * ends a call decides, so a guard may come late, twice or out of order. A guard that finds its call ended costs half a read.
 */

import { cancelCall, endCall } from '../call/end-call';
import { callKeysOfLeases, type EndedCall, type StoredCall } from '../call/states';
import type { Gateway } from '../pairing/ports';
import { probeSocket } from '../presence/presence';
import type { Guard } from '../wire/guards';
import { limits } from '../wire/limits';
import type { Outcome } from '../wire/outcomes';
import { callsWithoutWaiter } from './guarded-calls';
import { askForPending, deliverLate } from './open-pushed-call';
import { tellEnd } from './tell-end';
import type { PushWorld } from './world';

/** How soon a socket whose handshake may not be over is looked at again, in milliseconds. */
const lookAgainMs = 1_000;

type GuardOf<Kind extends Guard['kind']> = Extract<Guard, { kind: Kind }>;

/** Does what a guard is for. Rejects when it could not, so that it comes again. */
export async function heedGuard(world: PushWorld, guard: Guard): Promise<void> {
  switch (guard.kind) {
    case 'call':
      return await lookAtCall(world, guard);
    case 'tell':
      return await tellAgain(world, guard);
    case 'left':
      return await endCallsOfLeft(world, guard);
    case 'came':
      return await deliverToCome(world, guard);
    case 'revoked':
      return await endRevoked(world, guard);
    case 'close':
      return await closeLeft(world, guard);
  }
}

/** A call at its deadline, or at the end of its grace. */
async function lookAtCall(world: PushWorld, guard: GuardOf<'call' | 'tell'>): Promise<void> {
  const { callKey, nonce } = guard;
  const [seen] = await world.calls.states([callKey], world.clock.now(), 'loosely');
  if (seen?.nonce === nonce && seen.end) return;
  const call = await world.calls.state(callKey, world.clock.now());
  if (!call || call.nonce !== nonce || call.end) return;
  const nowMs = world.clock.now();
  const { openedAtMs, deadlineMs, sentTo } = call;
  const dueMs = sentTo === undefined ? Math.min(deadlineMs, openedAtMs + limits.graceMs) : deadlineMs;
  if (nowMs < dueMs) return await world.guards.send(guard, dueMs - nowMs);
  const gateway = await world.gateways.read(call.gatewayId);
  if (nowMs < deadlineMs && gateway) {
    const delivery = await deliverLate(world, call, gateway);
    if (delivery !== 'nothing')
      return await world.guards.send(guard, delivery === 'posted' ? deadlineMs - nowMs : lookAgainMs);
  }
  const cause = nowMs < deadlineMs ? 'the end of its grace' : 'its deadline';
  await endCall(world, call, await outcomeAtDeadline(world, call, gateway), `${cause}, found by a guard`);
}

async function outcomeAtDeadline(
  world: PushWorld,
  call: StoredCall,
  gateway: Gateway | undefined,
): Promise<Outcome> {
  const [socket] = gateway?.sockets ?? [];
  if (call.sentTo === undefined || !socket) return awayOutcome(call);
  // Its `$disconnect` may come late, or never.
  const state = await probeSocket(world, call.gatewayId, socket, world.clock.now()).catch(() => 'unclear');
  const isAway = state === 'gone' && gateway?.sockets.length === 1;
  return isAway ? awayOutcome(call) : 'timed-out';
}

/** How a call ends whose runtime is away. */
function awayOutcome({ sentTo, unreached }: StoredCall): Outcome {
  return sentTo === undefined || unreached ? 'offline' : 'disconnected';
}

/** A post of the answer went wrong. */
async function tellAgain(world: PushWorld, { callKey, nonce }: GuardOf<'call' | 'tell'>): Promise<void> {
  const call = await world.calls.read(callKey, world.clock.now());
  if (call?.nonce === nonce && call.end) await tellEnd(world, call as EndedCall);
}

/** The grace of a gateway is over: what its runtime had, and what it never got, ends if it is still away. */
async function endCallsOfLeft(world: PushWorld, guard: GuardOf<'left'>): Promise<void> {
  const { gatewayId, leftAtMs } = guard;
  const gateway = await world.gateways.read(gatewayId);
  if (gateway && (gateway.sockets.length > 0 || gateway.leftAtMs !== leftAtMs)) return;
  const nowMs = world.clock.now();
  const dueMsOf = ({ openedAtMs, deadlineMs }: StoredCall) =>
    Math.min(deadlineMs, Math.max(leftAtMs, openedAtMs) + limits.graceMs);
  // What was never posted has a guard of its own.
  const theirs = (await callsWithoutWaiter(world, gatewayId)).filter(({ sentTo }) => sentTo !== undefined);
  const due = theirs.filter((call) => dueMsOf(call) <= nowMs);
  await Promise.all(
    due.map((call) => endCall(world, call, awayOutcome(call), 'the end of its grace, found by a guard')),
  );
  const nextMs = Math.min(...theirs.map(dueMsOf).filter((dueMs) => dueMs > nowMs));
  if (Number.isFinite(nextMs)) await world.guards.send(guard, nextMs - nowMs);
}

/** A runtime has come: calls that found no socket are posted to it, and it is told that it may owe others. */
async function deliverToCome(world: PushWorld, guard: GuardOf<'came'>): Promise<void> {
  const gateway = await world.gateways.read(guard.gatewayId);
  const [socket] = gateway?.sockets ?? [];
  if (!gateway || !socket) return;
  let isSettling = false;
  let owed: StoredCall | undefined;
  for (const call of await callsWithoutWaiter(world, guard.gatewayId)) {
    const isPosted = call.sentTo !== undefined;
    if (!isPosted && (await deliverLate(world, call, gateway)) === 'not-yet') isSettling = true;
    if (isPosted && !gateway.sockets.some(({ connectionId }) => connectionId === call.sentTo)) owed = call;
  }
  if (owed && gateway.features?.includes('pending')) await askForPending(world, socket, owed);
  if (isSettling) await world.guards.send(guard, lookAgainMs);
}

/** A client is none any more: nobody wants the answers of its calls. One that is still there was not removed. */
async function endRevoked(world: PushWorld, guard: GuardOf<'revoked'>): Promise<void> {
  const { gatewayId, clientId, leases, sockets } = guard;
  const clients = await world.clients.list(gatewayId, world.clock.now());
  if (clients.some((client) => client.clientId === clientId)) return;
  const states = await world.calls.states(callKeysOfLeases(gatewayId, leases), world.clock.now());
  // The others have waiters, who find out themselves.
  const theirs = states.filter((call) => call.guarded && !call.end);
  await Promise.all([
    ...theirs.map((call) => cancelCall(world, call, 'the revocation of its client, found by a guard')),
    ...sockets.map((connectionId) => world.sockets.close(connectionId)),
  ]);
}

/** Nothing that these sockets say counts any more. Rejects while one may be open, so that the guard comes again. */
async function closeLeft({ sockets }: PushWorld, guard: GuardOf<'close'>): Promise<void> {
  const states = await Promise.all(guard.sockets.map((connectionId) => sockets.close(connectionId)));
  if (states.includes('unclear')) throw new Error('A socket could not be closed.');
}
