/**
 * Chaos, repeatable by its seed: Apps call their runtimes while sockets are cut, runtimes move, functions die and AWS
 * fails. What happens next hangs on how many calls have begun, not on time, so a slow machine sees the same chaos.
 */
import { redeem, register } from './api';
import { ChaosApp, lateAllowedMs } from './chaos/app';
import { audit } from './chaos/audit';
import { Fate } from './chaos/fate';
import { callsOf, randomOf, type Shape } from './chaos/plan';
import { callRows } from './chaos/rows';
import { ChaosRuntime } from './chaos/runtime';
import { summaryOf } from './chaos/summary';
import { Weather } from './chaos/weather';
import type { Relay } from './relay';
import { hangUp, ways } from './ways';

/** What a run came to. */
export interface ChaosReport {
  /** Each breach of the contract in a line of its own. */
  breaches: string[];
  /** Outcomes of calls after the storm, one for each runtime. */
  freshCalls: string[];
  calls: number;
  /** How many of them ended as answered. */
  answered: number;
  rows: number;
  /** What happened, and how often, as a table. */
  summary: string;
}

/** Runs the chaos on a relay of its own and holds the books against each other. */
export async function runChaos(relay: Relay, shape: Shape): Promise<ChaosReport> {
  relay.host.aws.meter.enabled = false;
  const { runtimes, apps } = await pairAll(relay, shape);
  await Promise.all(runtimes.map((runtime) => runtime.connected()));
  await warmUp(apps, shape);
  const weather = new Weather(randomOf(shape, 'weather'));
  const fate = new Fate(relay.host, shape, runtimes, weather);
  await Promise.all(apps.map((app, n) => runCalls(app, shape, n, () => fate.tick())));
  await fate.end();
  await Promise.all(runtimes.map((runtime) => runtime.connected()));
  const freshCalls = await callAfresh(runtimes, apps, shape);
  await Promise.all(apps.flatMap((app) => app.books.map((book) => app.settle(book))));
  const books = {
    apps,
    runtimes,
    runtimeOf: (app: number) => runtimes[app % shape.runtimes]!,
    rows: await callRows(relay.host.aws),
  };
  await Promise.all([...runtimes.map((runtime) => runtime.stop()), hangUp()]);
  return {
    breaches: audit(books),
    freshCalls,
    calls: apps.reduce((sum, app) => sum + app.books.length, 0),
    answered: books.rows.filter(({ outcome }) => outcome === 'answered').length,
    rows: books.rows.length,
    summary: summaryOf(books, fate),
  };
}

/** How long a runtime keeps an older socket: every other one longer than any call of the run. */
const drainMs = [500, 10_000];

async function pairAll(relay: Relay, shape: Shape) {
  const registered = await Promise.all(Array.from({ length: shape.runtimes }, () => register(relay.url)));
  const runtimes = registered.map((one, n) => new ChaosRuntime(one, drainMs[n % drainMs.length]));
  const apps: ChaosApp[] = [];
  for (let n = 0; n < shape.apps; n++) {
    const { gatewayId, relaySecret } = registered[n % shape.runtimes]!;
    const { accessCode } = await register(relay.url, { gatewayId, relaySecret });
    const paired = await redeem(relay.url, accessCode);
    // Every runtime has Apps of both ways.
    const way = ways[Math.floor(n / shape.runtimes) % ways.length]!;
    const patienceMs = () => lateAllowedMs(relay.host.functions.slowestStartMs);
    apps.push(new ChaosApp(relay.url, paired, randomOf(shape, `app ${n}`), way, patienceMs));
  }
  return { runtimes, apps };
}

/** As many calls at once as there will be: every environment has started before the chaos. */
async function warmUp(apps: ChaosApp[], { lanes }: Shape): Promise<void> {
  const calls = apps.flatMap((app, n) =>
    Array.from({ length: lanes }, (_, lane) =>
      app.run({ id: `app-${n}-warm-${lane}`, app: n, timeoutMs: 30_000, say: 'result', afterMs: 300 }),
    ),
  );
  await Promise.all(calls);
}

async function runCalls(app: ChaosApp, shape: Shape, n: number, onCall: () => void): Promise<void> {
  const plans = callsOf(shape, n);
  const endsAt = performance.now() + shape.maxMs;
  const lane = async () => {
    for (let plan = plans.shift(); plan && performance.now() < endsAt; plan = plans.shift()) {
      onCall();
      await app.run(plan);
    }
  };
  await Promise.all(Array.from({ length: shape.lanes }, lane));
}

/** One call for each runtime, when all is calm again. */
async function callAfresh(runtimes: ChaosRuntime[], apps: ChaosApp[], shape: Shape): Promise<string[]> {
  const fresh = runtimes.map(async (_, n) => {
    const app = apps[n]!;
    const plan = { id: `app-${n}-afresh`, app: n, timeoutMs: 8_000, say: 'result', afterMs: 0 } as const;
    await app.run(plan);
    return app.books.find((book) => book.plan.id === plan.id)!.words[0]!;
  });
  return await Promise.all(fresh.slice(0, shape.apps));
}
