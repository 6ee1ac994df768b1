/**
 * The file that keeps the tables: its owner alone may read it, and one server at a time writes it. A file beside it says
 * which; it outlives a server that was killed, so it counts only while that one's process and engine are there.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Who holds a file. */
export interface Holder {
  pid: number;
  /** ISO 8601. */
  since: string;
  /** Of its engine; undefined until that runs. */
  engineUrl?: string;
}

/** A file that this process holds. */
export interface HeldFile {
  /** Says where the engine on it is reached: by loopback, without a password, so the note is its owner's alone too. */
  serves(engineUrl: string): void;
  release(): void;
}

/** An engine starts within this; until then its process alone proves a holder. */
const START_MS = 15_000;

/** The engine of a server that was killed ends a moment later. */
const ORPHAN_MS = 5_000;
const LOOK_AGAIN_MS = 100;

/**
 * Makes the file and its folder where they are missing, for their owner alone, and holds it. Throws one sentence that
 * says who holds it already.
 */
export async function holdDataFile(file: string): Promise<HeldFile> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const note = noteOf(file);
  for (const waitUntilMs = Date.now() + ORPHAN_MS; ; await pause(LOOK_AGAIN_MS)) {
    const state = await stateOf(file);
    if (state === 'free') break;
    if (state !== 'orphaned' || Date.now() > waitUntilMs) throw new Error(refusal(file));
  }
  rmSync(note, { force: true });
  const mine: Holder = { pid: process.pid, since: new Date().toISOString() };
  const write = (holder: Holder, flag: 'wx' | 'w') =>
    writeFileSync(note, JSON.stringify(holder), { mode: 0o600, flag });
  try {
    write(mine, 'wx');
  } catch {
    // Somebody was quicker.
    throw new Error(refusal(file));
  }
  // SQLite gives the files beside it the rights of this one.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  for (const beside of ['-wal', '-shm']) if (existsSync(file + beside)) chmodSync(file + beside, 0o600);
  return {
    serves: (engineUrl) => write({ ...mine, engineUrl }, 'w'),
    release: () => {
      if (holderOf(file)?.pid === process.pid) rmSync(note, { force: true });
    },
  };
}

/** Who holds a file, as the note beside it says; a server that was killed may have left it. */
export function holderOf(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(noteOf(file), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** The server that runs on a file now, with its engine; undefined where none does. */
export async function runningHolderOf(file: string): Promise<Required<Holder> | undefined> {
  const holder = holderOf(file);
  return (await stateOf(file)) === 'held' && holder?.engineUrl
    ? { ...holder, engineUrl: holder.engineUrl }
    : undefined;
}

/** `orphaned`: the server has gone, and its engine has not ended yet. */
async function stateOf(file: string): Promise<'free' | 'held' | 'orphaned'> {
  const holder = holderOf(file);
  if (!holder) return 'free';
  const runs = holder.pid !== process.pid && isRunning(holder.pid);
  if (holder.engineUrl === undefined)
    return runs && Date.now() - Date.parse(holder.since) < START_MS ? 'held' : 'free';
  // Numbers of processes are used again, within a container even the same one: the engine decides.
  if (!(await isListening(holder.engineUrl))) return 'free';
  return runs || holder.pid === process.pid ? 'held' : 'orphaned';
}

function refusal(file: string): string {
  const holder = holderOf(file);
  const who = holder ? `the process ${holder.pid}, since ${holder.since}` : 'another process';
  return `${file} is in use by ${who}: stop that server first, or name another file with --db.`;
}

function noteOf(file: string): string {
  return `${file}.holder`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether somebody listens where a URL leads. */
export function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
