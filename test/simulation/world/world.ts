/** One world: its time, its stores, its functions and its two APIs, from one seed. */
import { routes } from '../../../lib/api/routes';
import { memoryMonitor } from '../../support/memory/memory-monitor';
import { memoryStores } from '../../support/memory/memory-stores';
import { adaptersOf } from '../functions/adapters';
import type { Handlers, Simulated } from '../functions/simulated';
import { Functions } from './functions';
import { GuardFront } from './guard-front';
import type { Instance } from './instance';
import { Ports, type Targets } from './ports';
import { type Group, Weather } from './probabilities';
import { Random, seedOf } from './random';
import { RelayFront } from './relay-front';
import { awslambda } from './response-stream';
import { RestFront } from './rest-front';
import { Timeline } from './timeline';
import { Trace } from './trace';

/** When every world begins, epoch milliseconds. */
export const epochMs = 1_800_000_000_000;

/** The functions' code, as `buildFunctions` made it: each use of it is a realm of its own, whose code is compiled once. */
export type FunctionsScript = (simulated: Simulated, load: NodeJS.Require) => Handlers;

const functionOfRoute = new Map(routes.map(({ method, path, serves }) => [`${method} ${path}`, serves]));

/** What goes on in a world, told to whoever watches it. */
export interface Watcher {
  /** A request of a function takes effect. */
  effect(port: string, method: string, args: unknown[], instance: Instance): void;
  /** A function recorded an event for the monitor. */
  event(event: unknown): void;
}

/** A world. */
export class World {
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

  constructor(
    readonly seed: number,
    strength: Readonly<Record<Group, number>>,
    script: FunctionsScript,
    tracing = false,
  ) {
    this.trace = new Trace(this.timeline, tracing);
    this.weather = new Weather(strength);
    const resume = (instance: Instance) => {
      this.current = instance;
    };
    const random = new Random(seedOf(seed, 'functions'));
    let handlers: Handlers = {};
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
    this.guards = new GuardFront(this.timeline, this.functions, seedOf(seed, 'guards'), epochMs);
    handlers = this.realm(script);
  }

  /** The wall clock, as it really is. */
  get nowMs(): number {
    return epochMs + this.timeline.nowMs;
  }

  /** The functions' code, in a realm of its own: nothing that it remembers outlives the world. */
  private realm(script: FunctionsScript): Handlers {
    const targets = this.targets();
    const ports = new Ports(
      this.timeline,
      this.weather,
      targets,
      (instance) => {
        this.current = instance;
      },
      (port, method, args, instance) => {
        if (this.trace.on)
          this.trace.tell(instance.invocation?.name ?? instance.functionName, `${port}.${method}`, args);
        this.watcher.effect(port, method, args, instance);
      },
    );
    const never = new Promise<never>(() => {});
    const simulated: Simulated = {
      now: () => Math.floor(this.nowMs + this.current.skewMs),
      sleep: (ms) => {
        const instance = this.current;
        if (!this.functions.live(instance)) return never;
        return new Promise((resolve) =>
          this.timeline.after(Math.max(0, ms), () =>
            instance.hand(() => {
              this.current = instance;
              resolve();
            }),
          ),
        );
      },
      setTimeout: (act, ms) => {
        const instance = this.current;
        const timer = { cleared: false };
        this.timeline.after(ms, () => {
          if (timer.cleared) return;
          instance.hand(() => {
            this.current = instance;
            act();
          });
        });
        return timer;
      },
      clearTimeout: (timer) => {
        if (timer) (timer as { cleared: boolean }).cleared = true;
      },
      random: (count) => this.current.invocation!.random.bytes(count),
      ports: Object.fromEntries(Object.entries(targets).map(([name, port]) => [name, Object.keys(port)])),
      call: (port, method, args) => {
        const instance = this.current;
        return this.functions.live(instance) ? ports.call(instance, port, method, args) : never;
      },
      once: (make) => () => {
        const { memory } = this.current;
        if (!memory.has(make)) memory.set(make, make());
        return memory.get(make) as ReturnType<typeof make>;
      },
      record: (event) => this.watcher.event(event),
      fault: (error) => {
        if (this.trace.on) this.trace.tell(this.current.invocation?.name ?? '?', 'logs a fault', [error]);
      },
      awslambda,
      adapters: {},
    };
    simulated.adapters = adaptersOf(simulated);

    return script(simulated, require);
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
