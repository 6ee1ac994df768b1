/**
 * What the functions' code is given. That code is built into one script which gets this as its only variable from
 * outside: its clock, its timers, its stores and its sockets are all the world's.
 */

/** A world, as the functions' code meets it. Whatever that code says is said to the instance that runs right now. */
export interface Surroundings {
  /** The clock of the instance: whole milliseconds, off by its own skew. */
  now(): number;
  sleep(ms: number): Promise<void>;
  setTimeout(act: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  random(count: number): Uint8Array;
  /** Calls a method of a port, across the network, with whatever may befall it there. */
  call(port: string, method: string, args: unknown[]): Promise<unknown>;
  /** What the instance keeps of its own under a number; made when it is asked for first. */
  own<T>(number: number, make: () => T): T;
  /** Takes an event for the monitor. */
  record(event: unknown): void;
  /** A fault that the code logged. */
  fault(error: unknown): void;
}

/** The script's variable: the surroundings of whichever world runs, and what is the same in all. */
export interface Simulated extends Surroundings {
  /** Makes something once for each instance. */
  once<T>(make: () => T): () => T;
  awslambda: unknown;
  adapters: Record<string, unknown>;
  env: Record<string, string>;
}

/** A function's handler. */
export type Handler = (event: unknown, ...more: unknown[]) => Promise<unknown>;

/** The handlers by the name of their function. */
export type Handlers = Record<string, Handler>;
