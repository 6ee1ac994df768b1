/**
 * A synthesis that is kept: a synthesized assembly lies under a hash of all that it was made from, so the same sources
 * with the same options are synthesized once. A package brings the assembly of the usual options along.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Assembly } from '../types';
import { loadAssembly, type SynthesisRequest, synthesize } from './assembly';

/** What is wanted, and where to look for it and to keep it. */
export interface KeptRequest extends Omit<SynthesisRequest, 'outDirectory'> {
  /** Where assemblies are kept. Undefined where nothing can be written: then `scratchDirectory` takes this run's. */
  keptDirectory: string | undefined;
  scratchDirectory: string;
  /** Called when nothing was kept, before the seconds that a synthesis takes. */
  onSynthesis(): void;
}

/** Options that this host runs a stack with: the edge makes one origin of HTTP and sockets, as its port is one. */
export const USUAL_CONTEXT = { edge: 'true' };

/** What lies in a project that no synthesis reads. */
const NOT_READ =
  /^(node_modules|dist.*|cdk\.out|coverage|assembly|local|test|bench|describe|scripts|examples|.*\.md|\..*)$/;

/** Of the files right in a project's folder a synthesis reads settings and code: all else was put there by people and programs. */
const READ_AT_ROOT = /\.(json|[cm]?[jt]sx?)$/;

/** The folder of a package's own assembly, and the file in it that holds the options that it was made with. */
const SHIPPED = 'assembly';
const SHIPPED_OPTIONS = 'options.json';

/** An assembly that nobody has used for so long is removed. */
const KEPT_FOR_MS = 7 * 24 * 60 * 60_000;

/** Gives the assembly that was kept, or synthesizes and keeps it. */
export async function keptAssembly(request: KeptRequest): Promise<Assembly> {
  const { projectDirectory, context, keptDirectory, scratchDirectory } = request;
  const shipped = shippedAssembly(projectDirectory, context);
  if (shipped) return shipped;
  const kept = keptDirectory && join(keptDirectory, sourcesKey(projectDirectory, context));
  if (kept && existsSync(kept)) {
    utimesSync(kept, new Date(), new Date());
    return loadAssembly(kept);
  }
  request.onSynthesis();
  if (!kept) return synthesize({ ...request, outDirectory: scratchDirectory });
  const outDirectory = mkdtempSync(join(keptDirectory, 'new-'));
  try {
    await synthesize({ ...request, outDirectory });
    removeOld(keptDirectory);
    renameSync(outDirectory, kept);
  } catch (error) {
    // Another start may have been quicker; its assembly is the same.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(outDirectory, { recursive: true, force: true });
  }
  return loadAssembly(kept);
}

/** A package's own assembly: its sources do not change, as those of a clone do. */
function shippedAssembly(projectDirectory: string, context: KeptRequest['context']): Assembly | undefined {
  const shipped = join(projectDirectory, SHIPPED);
  const options = join(shipped, SHIPPED_OPTIONS);
  if (existsSync(join(projectDirectory, '.git')) || !existsSync(options)) return undefined;
  return readFileSync(options, 'utf8') === optionsText(context) ? loadAssembly(shipped) : undefined;
}

/** Puts an assembly into its project's folder for packages, in place of what was there. */
export async function shipAssembly(request: KeptRequest): Promise<void> {
  const target = join(request.projectDirectory, SHIPPED);
  rmSync(target, { recursive: true, force: true });
  const { directory } = await keptAssembly(request);
  // What the functions were bundled into is there twice: as it is, and as assets.
  const isNeeded = (path: string) => path !== join(directory, 'bundles');
  cpSync(directory, target, { recursive: true, filter: isNeeded });
  writeFileSync(join(target, SHIPPED_OPTIONS), optionsText(request.context));
}

/** Where a user's assemblies are kept: in a clone beside its packages, else in the user's cache. Undefined: nowhere. */
export function keptDirectoryOf(projectDirectory: string, env = process.env): string | undefined {
  const name = 'agenttown-pairing-server';
  const packages = join(projectDirectory, 'node_modules');
  const places = [
    ...(existsSync(packages) ? [join(packages, '.cache')] : []),
    // systemd names one for a unit with `CacheDirectory=`.
    env.CACHE_DIRECTORY ?? env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  ];
  for (const place of places) {
    const directory = join(place, name, 'assemblies');
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      rmSync(mkdtempSync(join(directory, 'new-')), { recursive: true });
      return directory;
    } catch {
      // Nothing can be written there.
    }
  }
  return undefined;
}

/** A hash of what a synthesis reads: the project's files, its options, Node.js. */
export function sourcesKey(projectDirectory: string, context: KeptRequest['context']): string {
  const hash = createHash('sha256').update(process.version).update(optionsText(context));
  for (const file of filesIn(projectDirectory))
    hash.update(`\n${file}\n`).update(readFileSync(join(projectDirectory, file)));
  return hash.digest('hex').slice(0, 32);
}

function optionsText(context: KeptRequest['context']): string {
  return JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function* filesIn(projectDirectory: string, folder = ''): Generator<string> {
  const entries = readdirSync(join(projectDirectory, folder), { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (NOT_READ.test(entry.name)) continue;
    if (!folder && entry.isFile() && !READ_AT_ROOT.test(entry.name)) continue;
    if (entry.isDirectory()) yield* filesIn(projectDirectory, path);
    else if (entry.isFile()) yield path;
  }
}

function removeOld(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - usedAt > KEPT_FOR_MS) rmSync(path, { recursive: true, force: true });
  }
}
