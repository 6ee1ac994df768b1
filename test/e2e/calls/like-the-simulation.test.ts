import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../../local/aws/disturbance';
import type { Intention, Plan } from '../../simulation/plan';
import { builtSimulation } from '../../simulation/run-program';
import { calm } from '../../simulation/world/probabilities';
import { redeem, register, request } from '../../support/api';
import { ChaosApp } from '../../support/chaos/app';
import type { PlannedCall } from '../../support/chaos/plan';
import { ChaosRuntime } from '../../support/chaos/runtime';
import { eventually } from '../../support/eventually';
import { type Relay, startRelay } from '../../support/relay';
import { hangUp, ways } from '../../support/ways';

/** What is asked while the runtime is there, and then while it is away; each once by HTTP and once on a socket. */
const there = [
  ...Array.from({ length: 8 }, (_, n) => ({ say: 'result', afterMs: n * 5, timeoutMs: 20_000 }) as const),
  ...Array.from({ length: 4 }, (_, n) => ({ say: 'error', afterMs: n * 5, timeoutMs: 20_000 }) as const),
  ...Array.from({ length: 3 }, () => ({ say: 'nothing', afterMs: 0, timeoutMs: 1_500 }) as const),
];
const away = Array.from({ length: 2 }, () => ({ say: 'result', afterMs: 0, timeoutMs: 1_000 }) as const);

type Asked = (typeof there | typeof away)[number];
type Words = Record<string, number>;

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
}, 60_000);
afterAll(async () => {
  await hangUp();
  await relay.stop();
});

/** How the calls end on the local host, in real time. */
async function onTheLocalHost(): Promise<Words> {
  const random = seededRandom(1);
  const runtime = new ChaosRuntime(await register(relay.url));
  const paired = await redeem(relay.url, runtime.registered.accessCode);
  await runtime.connected();
  const apps = ways.map((way) => new ChaosApp(relay.url, paired, random, way));
  let serial = 0;
  const askAll = (asked: readonly Asked[]) =>
    Promise.all(
      apps.flatMap((app) =>
        asked.map((each) => app.run({ ...each, id: `like-${++serial}`, app: 0 } satisfies PlannedCall)),
      ),
    );
  await askAll(there);
  await runtime.stop();
  await eventually(async () => {
    const credential = paired.clientToken;
    const { body } = await request(relay.url, 'GET /api/relay/status', { credential });
    return body.connected ? undefined : 'away';
  });
  await askAll(away);
  return countOf(apps.flatMap(({ books }) => books.map(({ words }) => words.at(-1)!)));
}

/** How they end in the simulated world, when nothing goes wrong in it. */
async function inTheSimulation(): Promise<Words> {
  const leavesAtMs = 8_000;
  const acts = [
    ...callsAt(there, 0),
    { atMs: leavesAtMs, kind: 'runtime', tenant: 0, does: 'close', awayMs: 12_000 } as const,
    ...callsAt(away, leavesAtMs + 1_000),
  ];
  const intentions: Intention[] = acts.map((act, at) => ({ n: at + 1, ...act }));
  const plan: Plan = { seed: 1, strength: calm, tenants: 1, appsOfTenant: 1, intentions };
  const directory = await mkdtemp(join(tmpdir(), 'simulation-'));
  const file = join(directory, 'plan.json');
  await writeFile(file, JSON.stringify(plan));
  const run = await builtSimulation('like');
  const { words, breaches } = await run('--plan', file);
  await rm(directory, { recursive: true });
  expect(breaches).toBeUndefined();
  // One App seals its pairing in two calls, and the world ends with one more to each runtime: all are answered.
  return { ...words, answered: words.answered! - 2 - plan.tenants };
}

function callsAt(asked: readonly Asked[], atMs: number) {
  return ways.flatMap((way) =>
    asked.map((each) => ({ ...each, atMs, kind: 'call', app: 0, way, steps: 0 }) as const),
  );
}

function countOf(words: string[]): Words {
  const counts: Words = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

test("the same plan has the same outcomes in the simulation's world and on the local host", async () => {
  const simulated = await inTheSimulation();
  expect(simulated).toEqual({ answered: 16, 'runtime-error': 8, 'timed-out': 6, offline: 4 });
  expect(await onTheLocalHost()).toEqual(simulated);
}, 120_000);
