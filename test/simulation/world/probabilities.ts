/**
 * What may befall whom, how often, as one table: the semantics of AWS as far as the core can meet them. A world begins by
 * drawing which of these groups rage in it, so that some worlds know one evil alone and some know all.
 */
import type { Random } from './random';

/** Shares of a whole, in fair weather. What is left is that all goes well. */
export const probabilities = {
  /** Of a request to DynamoDB. */
  table: {
    /** Throttled, and tried again by the SDK: it only takes longer. */
    throttled: 0.004,
    /** Fails for good: throttled to the end, a transaction's conflict, a fault of theirs. Nothing was written. */
    failed: 0.004,
    /** Written, and the answer lost for good. */
    lost: 0.003,
    /** Written, the answer lost, and written again by the SDK's own retry: the second answer counts. */
    repeated: 0.004,
    /** Takes up to a second. */
    slow: 0.006,
  },
  /** Of a request to the management API that may reach the socket. A socket that has gone answers 410 in any case. */
  socket: {
    /** 200, and the frame is never seen: the peer's network went before the server knew. */
    swallowed: 0.003,
    /** Reaches the peer up to seconds later. */
    late: 0.008,
    /** Arrives twice: the client's buffer was full and a proxy tried again. */
    doubled: 0.004,
    /** No answer, and nothing was done. */
    failed: 0.004,
    /** No answer, and it was done. */
    lost: 0.004,
    slow: 0.004,
  },
  /** Of closing a socket: API Gateway allows few in a second. */
  closing: { failed: 0.07 },
  /** Of an invocation of a function. */
  invocation: {
    /** It dies at one of its next awaits: out of memory, the platform's fault, a deployment. */
    dies: 0.003,
    /** All warm instances are taken or recycled. */
    cold: 0.02,
  },
  /** Of a message between an App or a runtime and the edge of the cloud. */
  network: {
    requestLost: 0.003,
    answerLost: 0.003,
    /** The caller gives up or loses its network while the function runs. */
    callerGone: 0.004,
  },
  /** Of a socket's end, as `$disconnect` tells it. */
  disconnect: { late: 0.15, never: 0.05, twice: 0.01 },
  /** Of a message of a queue. Even without any of it, two that are sent one after the other come in any order. */
  queue: { late: 0.02, twice: 0.02 },
} as const;

/** How long things take in fair weather, in milliseconds: from, to. */
export const latencies = {
  /** One way between a function and DynamoDB or the management API. */
  table: [1, 4],
  socket: [2, 9],
  /** One way between a phone or a runtime and the cloud. */
  network: [4, 40],
  /** What a cold start adds. */
  coldStart: [120, 600],
  /** Beyond the usual, for what is slow. */
  slow: [40, 1_000],
  /** What a retry of the SDK adds. */
  retry: [20, 150],
  /** When `$disconnect` comes, and when it is late. */
  disconnect: [1, 120],
  lateDisconnect: [1_000, 40_000],
  /** How long a message waits for others of its batch, and how late it is when it is late. */
  batch: [0, 1_000],
  lateMessage: [1_000, 20_000],
  /** How far the clock of a function's instance is off: two of them differ by 200 at most. */
  skew: [-100, 100],
} as const satisfies Record<string, readonly [number, number]>;

/** A group of the table. */
export type Group = keyof typeof probabilities;

/** Shares in the order of a list of names: a number below the first one's share means the first, and so on. */
interface Fates<Name extends string> {
  names: readonly Name[];
  upTo: readonly number[];
}

/** The weather of one world: the table, with each group made stronger, left as it is or switched off. */
export class Weather {
  private readonly fates = new Map<Group, Fates<string>>();

  constructor(strength: Readonly<Record<Group, number>>) {
    this.set(strength);
  }

  /** From now on all goes well. */
  clear(): void {
    this.set(calm);
  }

  private set(strength: Readonly<Record<Group, number>>): void {
    for (const group of Object.keys(probabilities) as Group[]) {
      let sum = 0;
      const shares = Object.values<number>(probabilities[group]);
      const upTo = shares.map(
        (share) => (sum += Math.min(group === 'closing' ? 0.9 : 0.3, share * strength[group])),
      );
      this.fates.set(group, { names: Object.keys(probabilities[group]), upTo });
    }
  }

  /** What befalls one case of a group; undefined for nothing. */
  draw<Name extends Group>(group: Name, random: Random): keyof (typeof probabilities)[Name] | undefined {
    const { names, upTo } = this.fates.get(group)!;
    if (upTo.at(-1) === 0) return undefined;
    const drawn = random.next();
    if (drawn >= upTo[upTo.length - 1]!) return undefined;
    const at = upTo.findIndex((limit) => drawn < limit);
    return names[at] as keyof (typeof probabilities)[Name];
  }
}

/** No evil at all. */
export const calm: Readonly<Record<Group, number>> = {
  table: 0,
  socket: 0,
  closing: 0,
  invocation: 0,
  network: 0,
  disconnect: 0,
  queue: 0,
};

/** Draws how strong each group is in one world: off, as in the table, or several times that. */
export function drawStrength(random: Random): Record<Group, number> {
  const strength = { ...calm };
  const raging = random.next();
  for (const group of Object.keys(strength) as Group[]) {
    if (raging < 0.1) continue;
    strength[group] = random.weighted({ 0: 3, 1: 5, 4: 2, 12: raging > 0.8 ? 2 : 0 }) as unknown as number;
    strength[group] = Number(strength[group]);
  }
  // Seldom does a socket outlive many tries to close it: then all of them must fail.
  if (random.chance(0.25)) strength.closing = 12;
  return strength;
}

/** A duration of a kind. */
export function drawMs(kind: keyof typeof latencies, random: Random): number {
  const [low, high] = latencies[kind];
  return random.between(low, high);
}
