/**
 * What the world hands to the functions' code. That code is built into one script which gets this as its only
 * variable from outside: its clock, its timers, its stores and its sockets are all the world's.
 */

/** The stores and other ports by name, each with the names of its methods. */
export type PortMethods = Readonly<Record<string, readonly string[]>>;

/** The world as the functions' code sees it. Whatever it says is said to the instance that runs right now. */
export interface Simulated {
  /** The clock of the instance: whole milliseconds, off by its own skew. */
  now(): number;
  sleep(ms: number): Promise<void>;
  setTimeout(act: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  random(count: number): Uint8Array;
  ports: PortMethods;
  /** Calls a method of a port, across the network, with whatever may befall it there. */
  call(port: string, method: string, args: unknown[]): Promise<unknown>;
  /** Makes something once for each instance. */
  once<T>(make: () => T): () => T;
  /** Takes an event for the monitor. */
  record(event: unknown): void;
  /** A fault that the code logged. */
  fault(error: unknown): void;
  awslambda: unknown;
  adapters: Record<string, unknown>;
}

/** A function's handler. */
export type Handler = (event: unknown, ...more: unknown[]) => Promise<unknown>;

/** The handlers by the name of their function. */
export type Handlers = Record<string, Handler>;
