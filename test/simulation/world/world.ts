/** One world: its time, its stores, its functions and its two APIs, from one seed. */
import { routes } from '../../../lib/api/routes';
import { memoryMonitor } from '../../support/memory/memory-monitor';
import { memoryStores } from '../../support/memory/memory-stores';
import type { Realm } from '../functions/realm';
import type { Surroundings } from '../functions/simulated';
import { Functions } from './functions';
import { GuardFront } from './guard-front';
import type { Instance } from './instance';
import { Ports, type Targets } from './ports';
import { type Group, Weather } from './probabilities';
import { Random, seedOf } from './random';
import { RelayFront } from './relay-front';
import { RestFront } from './rest-front';
import { Timeline } from './timeline';
import { Trace } from './trace';

/** When every world begins, epoch milliseconds. */
export const epochMs = 1_800_000_000_000;

/** What waits for an instance that died. */
const never = new Promise<never>(() => {});

const functionOfRoute = new Map(routes.map(({ method, path, serves }) => [`${method} ${path}`, serves]));

/** What goes on in a world, told to whoever watches it. */
export interface Watcher {
  /** A request of a function takes effect. */
  effect(port: string, method: string, args: unknown[], instance: Instance): void;
  /** A function recorded an event for the monitor. */
  event(event: unknown): void;
}

/** A world. */
export class World implements Surroundings {
  readonly timeline = new Timeline();
  readonly trace: Trace;
  readonly weather: Weather;
  readonly functions: Functions;
  readonly rest: RestFront;
  readonly relay: RelayFront;
  readonly guards: GuardFront;
  readonly stores = memoryStores();
  watcher: Watcher = { effect: () => {}, event: () => {} };
  private current!: Instance;
  private readonly ports: Ports;

  constructor(
    readonly seed: number,
    strength: Readonly<Record<Group, number>>,
    realm: Realm,
    tracing = false,
  ) {
    this.trace = new Trace(this.timeline, tracing);
    this.weather = new Weather(strength);
    const resume = (instance: Instance) => {
      this.current = instance;
    };
    const random = new Random(seedOf(seed, 'functions'));
    const { handlers } = realm;
    this.functions = new Functions(
      this.timeline,
      this.weather,
      random,
      resume,
      (name, _instance, event, stream) => handlers[name]!(event, stream),
    );
    this.rest = new RestFront(this.timeline, this.weather, this.functions, (route) => {
      const name = functionOfRoute.get(route);
      if (!name) throw new Error(`There is no route ${route}.`);
      return name;
    });
    this.relay = new RelayFront(this.timeline, this.weather, this.functions, epochMs);
    this.guards = new GuardFront(this.timeline, this.weather, this.functions, seedOf(seed, 'guards'));
    this.ports = new Ports(
      this.timeline,
      this.weather,
      this.targets(),
      resume,
      (port, method, args, instance) => {
        if (this.trace.on)
          this.trace.tell(instance.invocation?.name ?? instance.functionName, `${port}.${method}`, args);
        this.watcher.effect(port, method, args, instance);
      },
    );
    realm.enter(this);
  }

  /** The wall clock, as it really is. */
  get nowMs(): number {
    return epochMs + this.timeline.nowMs;
  }

  now(): number {
    return Math.floor(this.nowMs + this.current.skewMs);
  }

  sleep(ms: number): Promise<void> {
    const instance = this.current;
    if (!this.functions.live(instance)) return never;
    return new Promise((resolve) =>
      this.timeline.after(Math.max(0, ms), () => instance.hand(() => this.goOn(instance, resolve))),
    );
  }

  setTimeout(act: () => void, ms: number): { cleared: boolean } {
    const instance = this.current;
    const timer = { cleared: false };
    this.timeline.after(ms, () => {
      if (!timer.cleared) instance.hand(() => this.goOn(instance, act));
    });
    return timer;
  }

  clearTimeout(timer: { cleared: boolean } | undefined): void {
    if (timer) timer.cleared = true;
  }

  random(count: number): Uint8Array {
    return this.current.invocation!.random.bytes(count);
  }

  call(port: string, method: string, args: unknown[]): Promise<unknown> {
    const instance = this.current;
    return this.functions.live(instance) ? this.ports.call(instance, port, method, args) : never;
  }

  own<T>(number: number, make: () => T): T {
    const { memory } = this.current;
    memory[number] ??= make();
    return memory[number] as T;
  }

  record(event: unknown): void {
    this.watcher.event(event);
  }

  fault(error: unknown): void {
    if (this.trace.on) this.trace.tell(this.current.invocation?.name ?? '?', 'logs a fault', [error]);
  }

  private goOn(instance: Instance, act: () => void): void {
    this.current = instance;
    act();
  }

  private targets(): Targets {
    return {
      ...(this.stores as unknown as Targets),
      ...(memoryMonitor() as unknown as Targets),
      guards: {
        send: (...args: Parameters<GuardFront['send']>) => this.guards.send(...args),
      } as Targets[string],
      sockets: this.relay.management as unknown as Targets[string],
    };
  }
}
