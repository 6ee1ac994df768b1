/** What befalls the system in a chaos run, and when. */
import type { Host } from '../../../local/host';
import { pick, randomOf, type Shape } from './plan';
import type { ChaosRuntime } from './runtime';
import type { Weather } from './weather';

/** How likely each blow is, and what it is. */
const blows = {
  cut: 45,
  'hand-over': 15,
  'hand-over and cut': 10,
  storm: 15,
  'restart rpc': 7,
  'restart socket': 8,
  'restart guard': 3,
};

/** Strikes a blow after every so many calls, and decides which `$disconnect` is delivered, late or never. */
export class Fate {
  /** How often each blow fell. */
  readonly struck: Record<string, number> = {};
  private readonly random;
  private readonly under = new Set<Promise<unknown>>();
  private calls = 0;

  constructor(
    private readonly host: Host,
    private readonly shape: Shape,
    private readonly runtimes: ChaosRuntime[],
    readonly weather: Weather,
  ) {
    this.random = randomOf(shape, 'fate');
    host.aws.disturb = weather.disturb;
    const random = randomOf(shape, 'disconnects');
    for (const stage of host.webSockets) {
      stage.disconnectDelivery = () => {
        const delivery = pick(random, { deliver: 6, never: 3, late: 1 });
        if (delivery !== 'late') return delivery;
        return new Promise((resolve) => setTimeout(resolve, random() * 2_000).unref());
      };
    }
  }

  /** One more call has begun. */
  tick(): void {
    if (++this.calls % this.shape.callsBetweenBlows !== 0) return;
    const blow = pick(this.random, blows);
    this.struck[blow] = (this.struck[blow] ?? 0) + 1;
    const done = this.strike(blow).finally(() => this.under.delete(done));
    this.under.add(done);
  }

  /** Calms everything, once what is under way is over. */
  async end(): Promise<void> {
    await Promise.all(this.under);
    this.host.aws.disturb = undefined;
    for (const stage of this.host.webSockets) stage.disconnectDelivery = undefined;
  }

  private async strike(blow: keyof typeof blows): Promise<void> {
    const runtime = this.runtimes[Math.floor(this.random() * this.runtimes.length)]!;
    const place = this.random();
    switch (blow) {
      case 'cut':
        this.cut(place);
        return;
      case 'hand-over':
        return await runtime.handOver();
      case 'hand-over and cut':
        await runtime.handOver();
        this.cutNewest();
        return;
      case 'storm':
        this.weather.storm();
        return;
      case 'restart rpc':
        return await this.host.functions.restart(this.functionNamed('Rpc'));
      case 'restart socket':
        return await this.host.functions.restart(this.functionNamed('Socket'));
      case 'restart guard':
        return await this.host.functions.restart(this.functionNamed('Guard'));
    }
  }

  private cut(place: number): void {
    const open = this.host.connections.list();
    const victim = open[Math.floor(place * open.length)];
    if (victim) this.host.connections.cut(victim.connectionId);
  }

  private cutNewest(): void {
    const newest = this.host.connections.list().at(-1);
    if (newest) this.host.connections.cut(newest.connectionId);
  }

  private functionNamed(name: string): string {
    const found = this.host.functions.definitions.find(({ logicalId }) => logicalId.startsWith(name));
    if (!found) throw new Error(`No function ${name} in the template`);
    return found.logicalId;
  }
}
