/**
 * The simulation as a program. It runs world after world, and stops at the first that breaches an invariant: it shrinks its
 * plan and tells what is left of it as a table. `scripts/simulate.ts` builds and starts it.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Script } from 'node:vm';
import { type FunctionsScript, Realm } from './functions/realm';
import { drawPlan, type Plan } from './plan';
import { type Outcome, runWorld } from './run-world';
import { shrink } from './shrink';
import { Tally } from './tally';
import { seedOf } from './world/random';
import { linesAbout, traceTable } from './world/trace';

/** Calls in one world: enough for all kinds to meet, few enough for a trace to be read and a plan to be shrunk. */
const callsPerWorld = 400;

/** Of a longer trace only what concerns the calls that the breach names is told. */
const longestTrace = 120;
/** Of an even longer one only its end. */
const mostLines = 400;

const options = parseArgs({
  options: {
    /** The script that `buildFunctions` made. */
    functions: { type: 'string' },
    /** The first seed. */
    seed: { type: 'string', default: '1' },
    /** How many seeds, unless `minutes` says for how long. */
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    /** Calls of one seed. */
    calls: { type: 'string', default: '10000' },
    /** One world alone, `<seed>.<number>`; or a file with a plan. */
    world: { type: 'string' },
    plan: { type: 'string' },
    /** Shows what happens in that one world. */
    trace: { type: 'boolean', default: false },
    /** One line of JSON at the end, and nothing else. */
    json: { type: 'boolean', default: false },
  },
}).values;

const script: FunctionsScript = new Script(readFileSync(options.functions!, 'utf8'), {
  filename: 'functions.js',
}).runInThisContext();
const realm = new Realm(script);
// An error of the core is an outcome here, and where it was made costs more than the rest of it.
if (!options.trace) Error.stackTraceLimit = 0;

void (options.world === undefined && options.plan === undefined ? runMany() : runOne());

async function runMany(): Promise<void> {
  const tally = new Tally();
  const first = Number(options.seed);
  const until =
    options.minutes === undefined ? undefined : performance.now() + Number(options.minutes) * 60_000;
  const worldsPerSeed = Math.ceil(Number(options.calls) / callsPerWorld);
  const goesOn = (seed: number) =>
    until === undefined ? seed < first + Number(options.seeds) : performance.now() < until;
  for (let seed = first; goesOn(seed); seed++) {
    for (let number = 0; number < worldsPerSeed && goesOn(seed); number++) {
      const plan = planOf(seed, number);
      const outcome = await runWorld(plan, realm);
      tally.add(outcome);
      if (outcome.breaches.length === 0) continue;
      return await tellBreach(`${seed}.${number}`, plan, outcome, tally);
    }
    if (!options.json) process.stderr.write(`${tally.progress(seed)}\n`);
  }
  process.stdout.write(options.json ? `${JSON.stringify(tally.report())}\n` : `${tally.table()}\n`);
}

async function runOne(): Promise<void> {
  const [seed, number] = (options.world ?? '0.0').split('.').map(Number);
  const plan: Plan =
    options.plan === undefined ? planOf(seed!, number!) : JSON.parse(readFileSync(options.plan, 'utf8'));
  const tally = new Tally();
  const outcome = await runWorld(plan, realm, options.trace);
  tally.add(outcome);
  if (options.trace) process.stdout.write(`${traceTable(outcome.world.trace.lines)}\n`);
  if (outcome.breaches.length > 0)
    return await tellBreach(options.world ?? options.plan!, plan, outcome, tally);
  process.stdout.write(options.json ? `${JSON.stringify(tally.report())}\n` : `${tally.table()}\n`);
}

function planOf(seed: number, number: number): Plan {
  return drawPlan(seedOf(seed, number), callsPerWorld);
}

async function tellBreach(name: string, plan: Plan, outcome: Outcome, tally: Tally): Promise<void> {
  process.exitCode = 1;
  const [breach] = outcome.breaches;
  const { invariant } = breach!;
  if (options.json) {
    const found = outcome.breaches.map(({ invariant: of, detail }) => ({ invariant: of, detail }));
    process.stdout.write(`${JSON.stringify({ ...tally.report(), world: name, breaches: found })}\n`);
    return;
  }
  process.stdout.write(
    `World ${name} breaches "${invariant}": ${breach!.detail}\n(${outcome.breaches.length} breaches)\n`,
  );
  const small = await shrink(plan, breach!.detail, async (candidate) =>
    (await runWorld(candidate, realm)).breaches.some((other) => other.invariant === invariant),
  );
  const shown = await runWorld(small, realm, true);
  const lines = shown.world.trace.sinceBeginning;
  const still = shown.breaches.find((other) => other.invariant === invariant) ?? breach!;
  const named = still.detail.match(/\bcall-\d+/g) ?? [];
  const told = lines.length > longestTrace && named.length > 0 ? linesAbout(lines, named) : lines;
  process.stdout.write(
    `\nShrunk to ${small.intentions.length} intentions:\n\n${traceTable(told.slice(-mostLines))}\n\n`,
  );
  for (const { detail } of shown.breaches.filter((other) => other.invariant === invariant)) {
    process.stdout.write(`${invariant}: ${detail}\n`);
  }
  process.stdout.write(`\nThe plan, for a file in test/simulation/breaches:\n${JSON.stringify(small)}\n`);
  process.stdout.write(`\nAgain: npm run simulate -- --world ${name}\n`);
}
