/**
 * What is to happen in a world, before anything does: a list of intentions, each with its moment and a seed of its own. So any
 * of them can be left out, and the rest goes on as before: that is how a breach is shrunk.
 */
import { drawStrength, type Group } from './world/probabilities';
import { Random, seedOf } from './world/random';

/** A call as its App makes it and its runtime is told to serve it. */
export interface CallIntention {
  kind: 'call';
  app: number;
  way: 'http' | 'stream' | 'socket';
  timeoutMs: number;
  /** What the runtime does with it. */
  say: 'result' | 'error' | 'nothing' | 'posted';
  /** How long the runtime takes. */
  afterMs: number;
  /** Steps of progress before the reply. */
  steps: number;
  /** A second request under the same id, so long after the first; another method makes it a conflict. */
  twin?: { afterMs: number; conflicting: boolean };
  /** The App cancels the call after so long. */
  cancelAfterMs?: number;
  /** The App loses its network after so long, and asks again. */
  dropAfterMs?: number;
  /** What is asked of the runtime's seal beside: a message of the exchange. */
  seal?: unknown;
  /** On a socket that is lost: the App goes on with the call on the next, by its id or with all that run. */
  resumes?: 'by-id' | 'all';
}

/** Something that befalls a runtime, or that it does beside its work. */
export interface RuntimeIntention {
  kind: 'runtime';
  tenant: number;
  does: 'close' | 'cut' | 'hand-over' | 'keep-both' | 'ask-pending' | 'hello';
  /** How long it stays away. */
  awayMs: number;
}

/** What an owner decides. */
export interface OwnerIntention {
  kind: 'owner';
  tenant: number;
  does: 'rotate' | 'revoke';
  /** The App whose client is revoked. */
  app: number;
}

/** What the holder of a valid credential of one tenant tries on another. */
export interface HostileIntention {
  kind: 'hostile';
  tenant: number;
  app: number;
  does: (typeof attacks)[number];
}

/** What hostile runtimes and Apps try. */
export const attacks = [
  'foreign-reply',
  'foreign-progress',
  'app-reply',
  'app-progress',
  'post-foreign-reply',
  'read-foreign-params',
  'ask-foreign-call',
  'cancel-foreign-call',
  'resume-foreign-call',
  'forged-token',
  'forged-secret',
] as const;

type Act = CallIntention | RuntimeIntention | OwnerIntention | HostileIntention;

/** Something that is to happen. */
export type Intention = { n: number; atMs: number } & Act;

/** The whole of a world's plan. */
export interface Plan {
  seed: number;
  strength: Record<Group, number>;
  tenants: number;
  appsOfTenant: number;
  intentions: Intention[];
}

/** Draws a plan with so many calls. */
export function drawPlan(seed: number, calls: number): Plan {
  const random = new Random(seedOf(seed, 'plan'));
  const tenants = 2 + random.below(2);
  const appsOfTenant = 1 + random.below(3);
  const unrest = random.weighted({ 0: 2, 1: 4, 4: 2 });
  const traits = {
    streams: random.pick([0, 0.1, 0.5]),
    sockets: random.pick([0, 0.3, 0.9]),
    slow: random.pick([0, 0.03, 0.15]),
    silent: random.pick([0, 0.005, 0.03]),
    twins: random.pick([0, 0.05, 0.3]),
    cancels: random.pick([0, 0.02, 0.1]),
    drops: random.pick([0, 0.02, 0.1]),
    resumes: random.pick([0, 0.5, 1]),
    long: random.pick([0.001, 0.01, 0.02]),
  };
  const strength = drawStrength(random);
  const spanMs = calls * random.between(60, 250);
  const decisions = random.pick([0, 1, 4, 8]);
  const intentions: Intention[] = [];
  const add = (act: Act, atMs = random.between(0, spanMs)) => {
    intentions.push({ n: intentions.length + 1, atMs, ...act });
  };
  for (let n = 0; n < calls; n++) {
    add(drawCall(random, tenants * appsOfTenant, traits));
  }
  const blows = Math.floor((calls / 25) * Number(unrest));
  for (let n = 0; n < blows; n++) {
    add({
      kind: 'runtime',
      tenant: random.below(tenants),
      does: random.pick(['close', 'cut', 'hand-over', 'keep-both', 'ask-pending', 'hello'] as const),
      awayMs: random.chance(0.1) ? random.between(3_000, 14_000) : random.between(5, 1_500),
    });
  }
  const house = () => {
    const tenant = random.below(tenants);
    return { tenant, app: tenant + tenants * random.below(appsOfTenant) };
  };
  for (let n = decisions; n > 0; n--) {
    const does = random.pick(['rotate', 'revoke'] as const);
    const decision: OwnerIntention = { kind: 'owner', does, ...house() };
    const atMs = random.between(1_000, spanMs);
    add(decision, atMs);
    // What is at work in that moment is what a dead secret might still answer.
    for (let works = 3; works > 0; works--)
      add(drawWork(random, decision.app), atMs - random.between(100, 900));
  }
  if (random.chance(0.1)) {
    const atMs = random.between(0, spanMs);
    const app = random.below(tenants * appsOfTenant);
    for (let n = 0; n < flood; n++) add(drawStream(random, app), atMs + random.between(0, 300));
  }
  for (let n = random.pick([0, 10, 40]); n > 0; n--) {
    add({ kind: 'hostile', does: random.pick(attacks), ...house() });
  }
  return { seed, strength, tenants, appsOfTenant, intentions: intentions.sort((a, b) => a.atMs - b.atMs) };
}

/** So many streams at once are more than a client may have. */
const flood = 24;

type Traits = Record<
  'streams' | 'sockets' | 'long' | 'slow' | 'silent' | 'twins' | 'cancels' | 'drops' | 'resumes',
  number
>;

function drawCall(random: Random, apps: number, traits: Traits): CallIntention {
  const way = random.chance(traits.sockets) ? 'socket' : random.chance(traits.streams) ? 'stream' : 'http';
  const afterMs = random.chance(traits.slow) ? random.between(50, 2_000) : random.between(0, 40);
  const silent = random.chance(traits.silent);
  if (random.chance(traits.long)) return drawLongCall(random, random.below(apps));
  return {
    kind: 'call',
    app: random.below(apps),
    way,
    timeoutMs: Math.floor(random.between(1_000, random.chance(0.25) ? 14_000 : 4_000)),
    say: silent ? 'nothing' : random.weighted({ result: 90, error: 5, posted: 5, nothing: 0 }),
    afterMs,
    steps: way !== 'http' ? random.below(4) : random.chance(0.02) ? 2 : 0,
    ...(random.chance(traits.twins)
      ? { twin: { afterMs: random.between(0, 400), conflicting: random.chance(0.2) } }
      : {}),
    ...(random.chance(traits.cancels) ? { cancelAfterMs: random.between(0, 600) } : {}),
    ...(random.chance(traits.drops) ? { dropAfterMs: random.between(0, 900) } : {}),
    ...(way === 'socket' && random.chance(traits.resumes)
      ? { resumes: random.pick(['by-id', 'all'] as const) }
      : {}),
  };
}

/** A call that its runtime works at for so long that a secret which died meanwhile must be without effect. */
function drawWork(random: Random, app: number): CallIntention {
  const way = random.pick(['http', 'socket'] as const);
  const afterMs = random.between(11_000, 15_000);
  return { kind: 'call', app, way, timeoutMs: 20_000, say: 'result', afterMs, steps: 0 };
}

/** A call with steps that is still under way long after whatever its owner decides. */
function drawLongCall(random: Random, app: number): CallIntention {
  const way = random.weighted({ stream: 1, socket: 3 });
  const afterMs = random.between(16_000, 24_000);
  return { kind: 'call', app, way, timeoutMs: 30_000, say: 'result', afterMs, steps: 12 };
}

/** A stream of some seconds. */
function drawStream(random: Random, app: number): CallIntention {
  const afterMs = random.between(2_000, 4_000);
  return { kind: 'call', app, way: 'stream', timeoutMs: 8_000, say: 'result', afterMs, steps: 1 };
}
