/** What everybody notes while the world goes on; the invariants hold the notes against each other afterwards. */

/** How a call may end for its App. */
export const endings = [
  'answered',
  'runtime-error',
  'too-large',
  'offline',
  'disconnected',
  'timed-out',
  'cancelled',
] as const;
export type Ending = (typeof endings)[number];

/** What one request told its App: an ending, or why to ask again. */
export type Word =
  | Ending
  | 'pending'
  | 'fault'
  | 'busy'
  | 'broken'
  /** Nothing came, on a socket that stayed open. */
  | 'silent'
  | 'unknown'
  | 'conflict'
  | 'refused'
  | `odd: ${string}`;

/** One thing that an App was told of a call. */
export interface Told {
  atMs: number;
  /** When it asked. */
  askedMs: number;
  word: Word;
  /** The whole of what it was told, where that is an ending. */
  text: string;
  /** Whether it was called with another method than at other times; undefined where it was only asked for. */
  conflicting: boolean | undefined;
  /** The command certainly never left: the same id opens the call anew, and what comes then may be another ending. */
  reopens: boolean;
  /** Whether an evil explains a fault. */
  excused: boolean;
  /** Pushed to its socket, rather than answered to a request. */
  onSocket: boolean;
  /** On which stream, where it was one of the first request: all its steps came on it. */
  stream?: number;
  /** How late it may have been told beyond the contract, for the delays that the world laid upon it. */
  delayMs: number;
}

/** A call, as its App and its runtime know it. */
export interface CallBook {
  /** Its name in the world. */
  id: string;
  /** The id that the App gave it: two Apps count alike, so their ids meet. */
  callId: string;
  app: number;
  tenant: number;
  gatewayId: string;
  clientId: string;
  /** The credential that the App had when it began the call. */
  token: string;
  timeoutMs: number;
  told: Told[];
  /** What the App was told when it cancelled. */
  cancelled: string[];
  /** The commands that the runtime took up: each frame id once. */
  executed: Array<{ frameId: string; atMs: number }>;
  /** What the runtime said, as the App is to be told it. */
  said: Array<{ frameId: string; atMs: number; text: string; hadSocket: boolean }>;
  /** How often the runtime sent its answer. */
  replies: number;
  /** Steps that reached the App, by the stream they came on. */
  progress: Array<{ stream: number; seq: number; text: string; atMs: number; onSocket: boolean }>;
  /** Steps that the runtime reported. */
  reported: string[];
}

/** A breach of an invariant. */
export interface Breach {
  invariant: string;
  detail: string;
  atMs: number;
}

/** All that was noted in a world. */
export class Books {
  readonly calls = new Map<string, CallBook>();
  readonly breaches: Breach[] = [];
  /** When the owner was told that a client was revoked. */
  readonly revokedMs = new Map<string, number>();
  /** Tenants whose secret nobody knows any more: the answer that told it was lost. */
  readonly lost = new Set<number>();
  /** When a runtime lost a socket, by its tenant: what was on its way died with it. */
  readonly losses = new Map<number, number[]>();
  /** When a runtime had a socket, as it knew, by its tenant: from, to; the last one may be open. */
  readonly presence = new Map<number, Array<{ fromMs: number; toMs: number }>>();
  /** How often the relay posted a command of its own accord, by the command's id. */
  readonly posted = new Map<string, number>();

  constructor(private readonly clock: { nowMs: number }) {}

  /** Notes a frame that a function posts. */
  post(frame: string): void {
    const frameId = /"type":"req","id":"(rpc_[\w-]+)"/.exec(frame.slice(0, 100))?.[1];
    if (frameId) this.posted.set(frameId, (this.posted.get(frameId) ?? 0) + 1);
  }

  /** Notes that a runtime lost a socket. */
  lose(tenant: number): void {
    const losses = this.losses.get(tenant);
    if (losses) losses.push(this.clock.nowMs);
    else this.losses.set(tenant, [this.clock.nowMs]);
  }

  /** Notes whether a runtime has a socket now. */
  see(tenant: number, isPresent: boolean): void {
    const spans = this.presence.get(tenant) ?? [];
    this.presence.set(tenant, spans);
    const last = spans.at(-1);
    const wasPresent = last?.toMs === Number.POSITIVE_INFINITY;
    if (isPresent && !wasPresent) spans.push({ fromMs: this.clock.nowMs, toMs: Number.POSITIVE_INFINITY });
    if (!isPresent && wasPresent) last.toMs = this.clock.nowMs;
  }

  /** Notes a breach that shows at once. */
  breach(invariant: string, detail: string): void {
    this.breaches.push({ invariant, detail, atMs: this.clock.nowMs });
  }
}
