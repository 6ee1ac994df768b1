/**
 * The functions' code, made once for all worlds, so that what the engine has learnt about it serves the next world too. Whatever it
 * remembers it remembers in an instance (`Simulated.once`), and instances are a world's; what little it keeps beside that
 * (when the monitor was told of refusals last) reaches no port.
 */
import { memoryMonitor } from '../../support/memory/memory-monitor';
import { memoryStores } from '../../support/memory/memory-stores';
import { awslambda } from '../world/response-stream';
import { adaptersOf } from './adapters';
import { environment } from './environment';
import type { Handlers, Simulated, Surroundings } from './simulated';

/** The functions' code, as `buildFunctions` made it. */
export type FunctionsScript = (simulated: Simulated, load: NodeJS.Require) => Handlers;

/** The code and the world that it runs in right now: one world after the other. */
export class Realm {
  readonly handlers: Handlers;
  private world!: Surroundings;
  private made = 0;

  constructor(script: FunctionsScript) {
    const simulated: Simulated = {
      now: () => this.world.now(),
      sleep: (ms) => this.world.sleep(ms),
      setTimeout: (act, ms) => this.world.setTimeout(act, ms),
      clearTimeout: (timer) => this.world.clearTimeout(timer),
      random: (count) => this.world.random(count),
      call: (port, method, args) => this.world.call(port, method, args),
      own: (number, make) => this.world.own(number, make),
      once: (make) => {
        const number = this.made++;
        return () => this.world.own(number, make);
      },
      record: (event) => this.world.record(event),
      fault: (error) => this.world.fault(error),
      awslambda,
      adapters: {},
      env: environment,
    };
    simulated.adapters = adaptersOf(simulated, { ...memoryStores(), ...memoryMonitor(), ...services });
    this.handlers = script(simulated, require);
  }

  /** From now on the code runs in this world. */
  enter(world: Surroundings): void {
    this.world = world;
  }
}

/** The methods of what is no table; what they do is each world's. */
const services = {
  sockets: { post: undefined, probe: undefined, close: undefined },
  guards: { send: undefined },
};
