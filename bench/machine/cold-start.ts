/** What a cold start imports, how large it is and how long that takes in a fresh process. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { bundleOptions } from '../../lib/functions/function-bundle';
import type { Figures } from '../figures/budgets';
import { percentile } from '../figures/statistics';
import type { Bundle } from './bundles';

/** A module and its import. */
export interface ImportRow {
  name: string;
  bytes: number;
  /** Median over fresh processes, side by side with all others. */
  importMs: number;
}

/** Bytes of a bundle by the package that they come from, largest first. */
export type Breakdown = Array<{ source: string; bytes: number }>;

/** The section of the cold start. */
export interface ColdStart {
  node: string;
  processes: number;
  empty: ImportRow;
  /** The SDK as it comes. */
  bareClients: ImportRow;
  /** The SDK with the stand-ins of `lib/functions/function-bundle.ts`. */
  leanClients: ImportRow;
  functions: ImportRow[];
  breakdown: Breakdown;
}

const run = promisify(execFile);

/** Measures each bundle's import, `processes` times, in turns, so that a busy machine is busy for all of them. */
export async function measureColdStart(
  bundles: readonly Bundle[],
  processes: number,
  progress: (text: string) => void,
): Promise<ColdStart> {
  const directory = mkdtempSync(join(tmpdir(), 'pairing-bench-'));
  try {
    const references = buildReferences(directory);
    const modules = [
      ...references,
      ...bundles.map((bundle) => ({ name: bundle.functionLogicalId, file: bundle.file })),
    ];
    const times = new Map<string, number[]>(modules.map(({ name }) => [name, []]));
    for (let round = 1; round <= processes; round += 1) {
      progress(`imports, round ${round} of ${processes}`);
      for (const { name, file } of modules) times.get(name)!.push(await importMs(file));
    }
    const [empty, bareClients, leanClients, ...functions] = modules.map(({ name, file }) => ({
      name,
      bytes: statSync(file).size,
      importMs: percentile(times.get(name)!, 0.5),
    }));
    return {
      node: process.version,
      processes,
      empty: empty!,
      bareClients: bareClients!,
      leanClients: leanClients!,
      functions,
      breakdown: breakdownOf('rpc'),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The budget that the imports decide. */
export function coldStartFigures({ functions, bareClients }: ColdStart): Figures {
  const slowest = Math.max(...functions.map((row) => row.importMs));
  return { importRatio: Math.round((slowest / bareClients.importMs) * 100) / 100 };
}

function buildReferences(directory: string): Array<{ name: string; file: string }> {
  const { alias, ...options } = bundleOptions('rpc');
  const entryPoints = [join(__dirname, 'bare-clients.ts')];
  const file = (name: string) => join(directory, `${name}.mjs`);
  writeFileSync(file('empty'), 'export const handler = async () => ({});\n');
  buildSync({ ...options, entryPoints, outfile: file('bare') });
  buildSync({ ...options, alias, entryPoints, outfile: file('lean') });
  return [
    { name: 'an empty module', file: file('empty') },
    { name: 'the two bare SDK clients', file: file('bare') },
    { name: 'the two SDK clients with our stand-ins', file: file('lean') },
  ];
}

/** What stands in for the part of Lambda's runtime that a module touches while it is imported. */
const runtimeStandIn =
  'globalThis.awslambda={streamifyResponse:(handler)=>handler,HttpResponseStream:{from:(stream)=>stream}};';

async function importMs(file: string): Promise<number> {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `${runtimeStandIn}const t=performance.now();import(${url}).then(()=>{console.log(performance.now()-t);process.exit(0)})`;
  const { stdout } = await run(process.execPath, ['-e', script], {
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' },
  });
  return Number(stdout);
}

/** Where the bytes of a function's bundle come from. */
export function breakdownOf(entry: string): Breakdown {
  const { metafile } = buildSync({
    ...bundleOptions(entry),
    outfile: 'index.mjs',
    write: false,
    metafile: true,
  });
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const source = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'this project';
      bytes.set(source, (bytes.get(source) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .map(([source, sum]) => ({ source, bytes: sum }))
    .sort((one, other) => other.bytes - one.bytes);
}
