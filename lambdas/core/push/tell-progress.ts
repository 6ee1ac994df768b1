/**
 * Progress goes to the listeners in the order of `seq`, although the frames of one socket are handled side by side. Who has
 * stored a step takes the turn of telling, tells all that is there, gives the turn back and looks whether more came meanwhile;
 * whoever finds the turn taken leaves, since the one who has it will look. The row of the call says what has been told, so that
 * who listens anew is told from where it stopped.
 */
import type { FollowedCall, ProgressRef } from '../call/ports';
import { ProgressOrder, restOfProgress } from '../call/progress';
import type { EndedCall, Listener, Progress, StoredCall } from '../call/states';
import { callProgressed } from '../call/tell-monitor';
import { holdGapMs } from '../call/waiting';
import { progressFrame, toldWithinMs } from './frames-of-call';
import type { TellingWorld } from './world';

/** After so long a turn is free again, should its holder have died. */
const turnMs = 5_000;
/** How long an end waits for a turn that is under way, and how often it looks, in milliseconds. */
const endWaitsMs = 400;
const lookEveryMs = 25;

/** A turn of one's own. */
export function newTurn({ random, clock }: Pick<TellingWorld, 'random' | 'clock'>) {
  return { holder: Buffer.from(random(9)).toString('base64url'), untilMs: clock.now() + turnMs };
}

/** Tells listeners what is stored and has not been told, unless somebody is at it. */
export async function tellProgress(world: TellingWorld, call: ProgressRef): Promise<void> {
  for (;;) {
    const turn = newTurn(world);
    const taken = await world.calls.takeTurn(call, turn, world.clock.now());
    if (!taken || !(await tellInTurn(world, taken, turn.holder))) return;
  }
}

/** A listener that has just come, and the last `seq` that it has. */
export interface Newcomer {
  listener: Listener;
  afterSeq: number;
}

/**
 * Tells from what the row says was told on, by one who has the turn; a newcomer first what the others were told. Gives whether
 * more has come when the turn was given back.
 */
export async function tellInTurn(
  world: TellingWorld,
  taken: StoredCall,
  holder: string,
  newcomer?: Newcomer,
): Promise<boolean> {
  const { told = -1 } = taken;
  const order = new ProgressOrder(told);
  if (newcomer && newcomer.afterSeq < told) {
    const { progress } = await world.calls.follow(taken, newcomer.afterSeq, world.clock.now());
    await tellSteps(
      world,
      newcomer.listener,
      progress.filter(({ seq }) => seq <= told),
    );
  }
  for (;;) {
    const nowMs = world.clock.now();
    const { call, progress } = await world.calls.follow(taken, order.lastSeq, nowMs);
    // Whoever ended it waits for the turn, and tells the rest before the answer.
    if (!call || call.nonce !== taken.nonce || call.end || progress.length === 0) break;
    const ready = order.take(progress, nowMs);
    if (ready.length === 0) await world.clock.sleep(holdGapMs / 4);
    await tell(world, call, ready, newcomer);
  }
  const given = await world.calls.giveTurnBack(taken, holder, order.lastSeq);
  if (given === 'lost') return false;
  return isMore(await world.calls.follow(taken, order.lastSeq, world.clock.now()));
}

function isMore({ call, progress }: FollowedCall): boolean {
  return call !== undefined && !call.end && progress.length > 0;
}

/** Tells what is left of an ended call's progress, after whoever is at it. */
export async function tellRest(world: TellingWorld, ended: EndedCall): Promise<void> {
  let call: StoredCall | undefined = ended;
  const untilMs = world.clock.now() + endWaitsMs;
  while (call && (call.turnUntilMs ?? 0) > world.clock.now() && world.clock.now() < untilMs) {
    await world.clock.sleep(lookEveryMs);
    call = await world.calls.state(ended.callKey, world.clock.now());
  }
  const order = new ProgressOrder(call?.told ?? ended.told);
  for await (const steps of restOfProgress(world, ended, order)) await tell(world, ended, steps);
}

async function tell(
  world: TellingWorld,
  call: StoredCall,
  steps: Progress[],
  newcomer?: Newcomer,
): Promise<void> {
  const last = steps.at(-1);
  if (!last) return;
  const wantedBy = ({ connectionId, id }: Listener) =>
    newcomer?.listener.connectionId === connectionId && newcomer.listener.id === id
      ? steps.filter(({ seq }) => seq > newcomer.afterSeq)
      : steps;
  await Promise.all((call.listeners ?? []).map((listener) => tellSteps(world, listener, wantedBy(listener))));
  const { toTell } = call;
  if (toTell && world.seenCalls.mayTellProgress(call, world.clock.now()))
    world.recorder.record(callProgressed(call, toTell, last.seq + 1, last));
}

/** Posts steps to one who listens, in their order. */
export async function tellSteps(
  { sockets }: TellingWorld,
  listener: Listener,
  steps: Progress[],
): Promise<void> {
  for (const step of steps)
    await sockets.post(listener.connectionId, progressFrame(listener.id, step), toldWithinMs);
}
