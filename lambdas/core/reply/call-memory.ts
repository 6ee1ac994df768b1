/**
 * What a function instance remembers of frames, so that a runtime that repeats itself costs nothing more. `refusals`: a
 * reply, by its socket and frame id, that did not count once counts never. `reporters`: who may report progress of a call;
 * short, since a call ends and a secret is rotated. `told`: when the monitor heard of a socket's refused replies last.
 */
import { Recurrences, SharedMemory, ShortMemory } from '../wire/short-memory';
import type { ReportRight } from './accept-progress';
import type { ReplyOutcome } from './accept-reply';

/** How often the monitor is told of refused replies of one socket, in milliseconds. */
export const tellRefusalsEveryMs = 1_000;

/** The memory of one function instance. */
export class CallMemory {
  readonly refusals = new ShortMemory<Exclude<ReplyOutcome, 'ended'>>(60_000, 5_000);
  readonly reporters = new SharedMemory<ReportRight>(2_000, 2_000);
  /** Refused replies by their socket, for the monitor. */
  readonly told = new Recurrences(tellRefusalsEveryMs, 2_000);
}
