/**
 * A call of an App on its socket. Three AWS calls stand one after the other before the command: whose socket it is (remembered), the
 * authorising read, and the opening, beside which the call takes its place and its guard is sent. Then the command is posted and
 * the function returns, once the guard is on its way too: where it is not, the App is told to ask again, and joins. Whoever ends
 * the call tells the App (`tell-end`); the guard sees that somebody does.
 */

import { lookForEnded } from '../call/hold-lease';
import { commandFor, type PreparedCall } from '../call/prepare-call';
import { frameIdOf, type Listener, type OpenCall, type StoredCall } from '../call/states';
import { callRequested, idempotencyConflict } from '../call/tell-monitor';
import type { Client, Gateway, OpenSocket } from '../pairing/ports';
import { isSettling, retireSocket } from '../presence/presence';
import { eventFrame } from '../wire/frames';
import { limits } from '../wire/limits';
import { listenTo } from './listen';
import { giveBackPlace, takePlace } from './place-of-call';
import type { PushWorld } from './world';

/** What a call is opened for. */
export interface Opener {
  client: Client;
  gateway: Gateway;
  listener: Listener;
}

/** Opens a call that nobody waits for, or joins the one that has its id. Throws the problem that it meets before that. */
export async function openPushedCall(
  world: PushWorld,
  prepared: PreparedCall,
  { client, gateway, listener }: Opener,
): Promise<void> {
  const { params } = prepared.call;
  const { displayName, runtimeType } = gateway;
  const call: OpenCall = {
    ...prepared.call,
    id: prepared.id,
    guarded: true,
    listeners: [listener],
    toTell: {
      displayName,
      runtimeType,
      ...(params === undefined ? {} : { bytesIn: Buffer.byteLength(JSON.stringify(params)) }),
      commandBytes: Buffer.byteLength(prepared.command),
    },
  };
  // A call that another is about to open under this id may fail to be; then this one takes its place.
  for (;;) {
    const opened = await open(world, call, client, prepared.byReference);
    if (opened === 'left') return;
    if ('rest' in opened) {
      // Both to their ends: what is under way when a function returns goes on with its next run, whenever that is.
      const done = await Promise.allSettled([deliver(world, call, gateway, prepared.command), opened.rest]);
      const failed = done.find(isRejected);
      if (failed) throw failed.reason;
      break;
    }
    world.recorder.record(callRequested(call, gateway, 'joined'));
    if (opened.digest !== call.digest) throw idempotencyConflict(world, call, gateway);
    const listened = await listenTo(world, opened, { listener, id: prepared.id, afterSeq: -1 });
    if (listened === 'heard') return;
  }
  await lookForEnded(world, client).catch(() => {});
}

async function deliver(world: PushWorld, call: OpenCall, gateway: Gateway, command: string): Promise<void> {
  const [socket] = gateway.sockets;
  if (!socket) return;
  if (call.sentTo !== undefined) return await postCommand(world, call, gateway, socket, command);
  // Its handshake may not be over: then a guard asks it again in a moment.
  if ((await deliverLate(world, call, gateway)) === 'not-yet')
    await world.guards.send({ kind: 'came', gatewayId: gateway.gatewayId }, 1_000);
}

/** A call that is open: its command may leave. */
interface Opening {
  /** Its guard is on its way, and its params are kept for whoever asks for them; rejects when the guard could not be sent. */
  rest: Promise<unknown>;
}

/**
 * Puts the call and takes its place, which stand before the command may leave; its guard is sent meanwhile. Gives the call that
 * stands in the way, if one does; `left` where the command has left by another hand.
 */
async function open(
  world: PushWorld,
  call: OpenCall,
  client: Client,
  byReference: boolean,
): Promise<Opening | 'left' | StoredCall> {
  const sendGuard = () => guardCall(world, call);
  let guardFailed: { reason: unknown } | undefined;
  const guarding = sendGuard().catch((reason) => {
    guardFailed = { reason };
  });
  const keeping = world.calls.keepParams(call);
  keeping.catch(() => {});
  const [opened, placed, kept] = await Promise.allSettled([
    world.calls.open(call, world.clock.now()),
    takePlace(world, client, call),
    byReference ? keeping : undefined,
  ]);
  const failed = [placed, opened, kept].find(isRejected) ?? guardFailed;
  const standing = opened.status === 'fulfilled' && opened.value !== 'opened' ? opened.value : undefined;
  if (!standing && !failed) {
    const guarded = guarding.then(() => {
      if (guardFailed) throw guardFailed.reason;
    });
    return { rest: Promise.all([guarded, keeping.catch(() => {})]) };
  }
  if (!standing && (await world.calls.discard(call)) === 'kept') {
    // A runtime that asked what it owes has it already: it goes on, and needs its guard.
    await guarding;
    if (guardFailed) await sendGuard();
    return 'left';
  }
  await giveBackPlace(world, client, call).catch(() => {});
  if (standing && !isRejected(placed)) return standing;
  // The call never was, so that the same id may be tried again.
  throw failed?.reason;
}

/** Sends the guard of a call: for its deadline, or the end of its grace where it found no socket. */
async function guardCall(
  { guards }: PushWorld,
  { callKey, nonce, deadlineMs, openedAtMs, sentTo }: OpenCall,
): Promise<void> {
  const lifeMs = deadlineMs - openedAtMs;
  const inMs = sentTo === undefined ? Math.min(limits.graceMs, lifeMs) : lifeMs;
  await guards.send({ kind: 'call', callKey, nonce }, inMs);
}

function isRejected(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}

/** Posts a command, once. What the post says proves nothing: a runtime that can ask what it owes is told to. */
async function postCommand(
  world: PushWorld,
  call: StoredCall,
  { gatewayId, features }: Gateway,
  socket: OpenSocket,
  command: string,
): Promise<void> {
  const posted = await world.sockets.post(socket.connectionId, command, call.deadlineMs - world.clock.now());
  if (posted === 'sent') return;
  let left: OpenSocket[] = [socket];
  if (posted === 'gone') {
    const nowMs = world.clock.now();
    const noted = world.calls.unreached(call).catch(() => {});
    left = await retireSocket(world, gatewayId, socket, nowMs).catch(() => []);
    await noted;
  }
  const [next] = left;
  if (next && features?.includes('pending')) await askForPending(world, next, call);
}

/** Tells a runtime that it may owe a call that it has not heard of. */
export async function askForPending(
  { sockets }: PushWorld,
  socket: OpenSocket,
  call: StoredCall,
): Promise<void> {
  await sockets.post(socket.connectionId, eventFrame('relay.pending', { id: frameIdOf(call) }));
}

/** Posts the command of a call that found no socket to the one that came; `not-yet` while its handshake may not be over. */
export async function deliverLate(
  world: PushWorld,
  call: StoredCall,
  gateway: Gateway,
): Promise<'posted' | 'not-yet' | 'nothing'> {
  const [socket] = gateway.sockets;
  if (!socket) return 'nothing';
  if (isSettling(socket, world.clock.now()) && (await world.sockets.probe(socket.connectionId)) !== 'open')
    return 'not-yet';
  const params = await world.calls.paramsOf(call);
  // Whoever opened the call and a guard may be at it side by side.
  const mark = Buffer.from(world.random(6)).toString('base64url');
  if (!params || (await world.calls.sentTo(call, socket.connectionId, mark)) === 'ended') return 'nothing';
  const { command } = commandFor(
    { ...call, ...('value' in params ? { params: params.value } : {}) },
    gateway,
    world,
  );
  await postCommand(world, call, gateway, socket, command);
  return 'posted';
}
