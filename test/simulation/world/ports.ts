/**
 * A request of a function to a store or a socket: the one place where the functions' code waits for the world. Whatever
 * method a port has is a request here, with a way there, an effect and a way back; evil befalls it before or after
 * the effect.
 */
import { changes } from './changes';
import type { Instance, Invocation } from './instance';
import { drawMs, type probabilities, type Weather } from './probabilities';
import type { Timeline } from './timeline';

/** The stores and the sockets: what happens in them happens in one moment. */
export type Targets = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

type Table = typeof probabilities;
type Fate = keyof Table['table'] | keyof Table['socket'];

/** How a frame is to reach its peer. */
export type Passage = 'swallowed' | 'late' | 'doubled' | undefined;

/** The names of methods that change nothing. */
const reads = /^(read|list|follow|state|paramsOf)/;

/** What is no row of a call, a gateway, a client or a socket: anybody may cause such writes. */
const freeOfRight = new Set(['attempts', 'events']);

/** Where requests go. */
export class Ports {
  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly targets: Targets,
    /** Makes an instance the one that runs. */
    private readonly resume: (instance: Instance) => void,
    /** Told each effect. */
    private readonly onEffect: (port: string, method: string, args: unknown[], instance: Instance) => void,
  ) {}

  /** Sends a request. Resolves never for an instance that dies. */
  call(instance: Instance, port: string, method: string, args: unknown[]): Promise<unknown> {
    const invocation = instance.invocation!;
    invocation.requests++;
    const { random } = invocation;
    const group = port === 'sockets' ? 'socket' : 'table';
    const fate = this.weather.draw(method === 'close' ? 'closing' : group, random) as Fate | undefined;
    const there = drawMs(group, random) + this.delayOf(fate, invocation);
    return new Promise((resolve, reject) => {
      const answer = (value: unknown) => {
        if (!instance.alive) return;
        if (!instance.invocation) return instance.hold(() => answer(value));
        this.resume(instance);
        if (fate !== 'failed' && fate !== 'lost') resolve(value);
        else if (port === 'sockets') resolve('unclear');
        else reject(new Error(`The world let ${port}.${method} fail.`));
      };
      const back = (value: unknown) => this.timeline.after(drawMs(group, random), () => answer(value));
      this.timeline.after(there, () => {
        if (fate === 'failed') return back(undefined);
        const value = this.perform(instance, invocation, port, method, args, fate);
        // What nobody waits for and what changes nothing needs no moment of its own on the way back: half of all reads.
        if (fate === undefined && reads.test(method) && random.next() < 0.7) return answer(value);
        if (fate !== 'repeated') return back(value);
        this.timeline.after(drawMs('retry', random), () =>
          back(this.perform(instance, invocation, port, method, args, fate)),
        );
      });
    });
  }

  private delayOf(fate: Fate | undefined, invocation: Invocation): number {
    if (fate === undefined) return 0;
    if (fate !== 'throttled' && fate !== 'slow') {
      invocation.evils++;
      return 0;
    }
    const delayMs = drawMs(fate === 'slow' ? 'slow' : 'retry', invocation.random);
    invocation.delayMs += delayMs;
    return delayMs;
  }

  private perform(
    instance: Instance,
    invocation: Invocation,
    port: string,
    method: string,
    args: unknown[],
    fate: Fate | undefined,
  ): unknown {
    const before = changes.count;
    const target = this.targets[port]![method] as (...args: unknown[]) => unknown;
    const value = port === 'sockets' ? target(...args, fate) : target(...args);
    if (!freeOfRight.has(port)) invocation.changes += changes.count - before;
    this.onEffect(port, method, args, instance);
    return value;
  }
}
