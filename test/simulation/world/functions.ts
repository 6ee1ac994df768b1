/** Lambda: it finds or starts an instance for each invocation, lets it die now and then, and freezes it afterwards. */
import { Instance, type Invocation } from './instance';
import { drawMs, type Weather } from './probabilities';
import type { Random } from './random';
import type { Timeline } from './timeline';

/** How an invocation went. */
export type Invoked = { is: 'returned'; value: unknown } | { is: 'failed' };

/** The functions of a deployment. */
export class Functions {
  /** Every invocation so far. */
  invocations = 0;
  private readonly idle = new Map<string, Instance[]>();
  private readonly deaths = new WeakMap<Instance, () => void>();
  private started = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly random: Random,
    private readonly resume: (instance: Instance) => void,
    private readonly run: (
      functionName: string,
      instance: Instance,
      event: unknown,
      stream: unknown,
    ) => Promise<unknown>,
  ) {}

  /** Runs a function, and gives the invocation. `done` is called once: when it has returned, thrown or died. */
  invoke(
    functionName: string,
    event: unknown,
    stream: unknown,
    random: Random,
    done: (result: Invoked, invocation: Invocation) => void,
  ): Invocation {
    const fate = this.weather.draw('invocation', random);
    const warm = fate === 'cold' ? undefined : this.idle.get(functionName)?.pop();
    const instance =
      warm ?? new Instance(functionName, ++this.started, Math.round(drawMs('skew', this.random)));
    const invocation: Invocation = {
      name: `${functionName}#${instance.number}`,
      random,
      stepsToLive: fate === 'dies' ? random.below(12) : Number.POSITIVE_INFINITY,
      evils: fate === 'dies' ? 1 : 0,
      delayMs: 0,
      requests: 0,
      changes: 0,
    };
    this.invocations++;
    const begin = () => {
      this.resume(instance);
      instance.thaw(invocation);
      const end = (result: Invoked) => {
        this.deaths.delete(instance);
        instance.invocation = undefined;
        if (instance.alive) {
          const idle = this.idle.get(functionName);
          if (idle) idle.push(instance);
          else this.idle.set(functionName, [instance]);
        }
        done(result, invocation);
      };
      this.deaths.set(instance, () => end({ is: 'failed' }));
      this.run(functionName, instance, event, stream).then(
        (value) => end({ is: 'returned', value }),
        () => end({ is: 'failed' }),
      );
    };
    if (warm) begin();
    else {
      const startMs = drawMs('coldStart', random);
      invocation.delayMs += startMs;
      this.timeline.after(startMs, begin);
    }
    return invocation;
  }

  /** Whether an instance goes on; one whose time has come dies here, whatever it was about to do. */
  live(instance: Instance): boolean {
    const invocation = instance.invocation;
    if (!instance.alive || !invocation) return instance.alive;
    if (invocation.stepsToLive-- > 0) return true;
    instance.alive = false;
    this.deaths.get(instance)?.();
    return false;
  }
}
