/** Runs the world of one plan from its beginning until it is quiet, and gives what was noted. */
import type { ClientRef } from '../../lambdas/core/pairing/ports';
import { App } from './actors/app';
import { Hostile } from './actors/hostile';
import { Runtime } from './actors/runtime';
import { Tenant } from './actors/town';
import type { Realm } from './functions/realm';
import { Books, type Breach } from './oracle/books';
import { checkQuotas } from './oracle/check-quotas';
import { invariants } from './oracle/invariants';
import type { CallIntention, Intention, Plan } from './plan';
import { World } from './world/world';

/** What a world came to. */
export interface Outcome {
  breaches: Breach[];
  calls: number;
  steps: number;
  invocations: number;
  /** How long it lasted in its own time. */
  virtualMs: number;
  /** How often each word was an App's last. */
  words: Record<string, number>;
  world: World;
}

/** More events than any world needs. */
const maxSteps = 300_000;
/** How long a world is left alone before everybody settles: longer than any grace, pause or late `$disconnect`. */
const restMs = 45_000;

/** Runs a plan. */
export async function runWorld(plan: Plan, realm: Realm, tracing = false): Promise<Outcome> {
  const world = new World(plan.seed, plan.strength, realm, tracing);
  const books = new Books(world.timeline);
  world.watcher = {
    event: () => {},
    effect: (port, method, args) => {
      if (port === 'sockets' && method === 'post') books.post(String(args[1]));
      if (port === 'clients' && method === 'hold') void checkQuotas(world, books, args[0] as ClientRef);
    },
  };
  let isDone = false;
  const living = live(world, books, plan).then(
    () => {
      isDone = true;
    },
    (error: Error) => {
      isDone = true;
      books.breach('simulation', `The world itself failed: ${error.stack}`);
    },
  );
  const end = await world.timeline.run(maxSteps);
  if (end === 'endless') books.breach('quiet', `After ${maxSteps} events the world is not quiet.`);
  else if (!isDone) books.breach('quiet', 'Somebody waits for something that never comes.');
  else await living;
  for (const [name, check] of Object.entries(invariants)) {
    await check({ books, world, plan, breach: (detail) => books.breach(name, detail) });
  }
  const words: Record<string, number> = {};
  for (const { told } of books.calls.values()) {
    const word = told.at(-1)?.word ?? 'nothing';
    words[word] = (words[word] ?? 0) + 1;
  }
  return {
    breaches: books.breaches,
    calls: books.calls.size,
    steps: world.timeline.steps,
    invocations: world.functions.invocations,
    virtualMs: world.timeline.nowMs,
    words,
    world,
  };
}

async function live(world: World, books: Books, plan: Plan): Promise<void> {
  const tenants = Array.from({ length: plan.tenants }, (_, number) => new Tenant(world, books, number));
  await Promise.all(tenants.map((tenant) => tenant.register()));
  const apps: App[] = [];
  for (let app = 0; app < plan.tenants * plan.appsOfTenant; app++) {
    apps.push(new App(world, books, app, (await tenants[app % plan.tenants]!.pair(app))!));
  }
  const runtimes = tenants.map((tenant) => new Runtime(world, books, tenant));
  for (const runtime of runtimes) runtime.connect();
  world.trace.begin();
  const startMs = world.timeline.nowMs + 100;
  const doings = plan.intentions.map(async (intention) => {
    await world.timeline.sleep(startMs + intention.atMs - world.timeline.nowMs);
    await act({ world, books, tenants, apps, runtimes }, intention);
  });
  // The first App of the first tenant seals its pairing in the midst of it all.
  doings.push(
    world.timeline.sleep(startMs - world.timeline.nowMs).then(() => sealOne(world, tenants[0]!, apps[0]!)),
  );
  await Promise.all(doings);
  world.weather.clear();
  await world.timeline.sleep(restMs);
  const settling = plan.intentions.map(async (intention) => {
    if (intention.kind !== 'call') return;
    await apps[intention.app]!.settle(books.calls.get(`call-${intention.n}`)!, intention);
  });
  await Promise.all(settling);
  await Promise.all(tenants.map((tenant) => callAfresh(apps, tenant)));
  for (const app of apps) app.stop();
  for (const runtime of runtimes) runtime.stop();
}

/** Ids of its calls are far from those of the plan. */
const sealingN = -1_000;

async function sealOne(world: World, tenant: Tenant, app: App): Promise<void> {
  world.trace.tell('sealing', await tenant.sealing.pair(app, sealingN));
}

interface Cast {
  world: World;
  books: Books;
  tenants: Tenant[];
  apps: App[];
  runtimes: Runtime[];
}

async function act({ world, books, tenants, apps, runtimes }: Cast, intention: Intention): Promise<void> {
  const { kind, n } = intention;
  if (kind === 'call') return void (await apps[intention.app]!.call(n, intention));
  const runtime = runtimes[intention.tenant]!;
  if (kind === 'runtime') return runtime.act(intention);
  const app = apps[intention.app]!;
  if (kind === 'hostile') return await new Hostile(world, books, n, runtime, app).act(intention);
  const tenant = tenants[intention.tenant]!;
  if (books.lost.has(tenant.number)) return;
  if (intention.does === 'rotate') {
    if (await tenant.rotate(n)) runtime.rotated(n);
  } else if (app.client.tenant === tenant && (await tenant.revoke(n, app.client))) {
    const client = await tenant.pair(app.number);
    if (client) app.become(client);
  }
}

/** When all is calm again, the first call of each runtime is answered. */
async function callAfresh(apps: App[], tenant: Tenant): Promise<void> {
  const { revokedMs } = tenant.books;
  const app = apps.find(({ client }) => client.tenant === tenant && !revokedMs.has(client.clientId));
  if (!app || app.client.tenant.books.lost.has(tenant.number)) return;
  const fresh: CallIntention = {
    kind: 'call',
    app: app.number,
    way: 'http',
    timeoutMs: 5_000,
    say: 'result',
    afterMs: 5,
    steps: 0,
  };
  await app.call(-1 - tenant.number, fresh);
}
