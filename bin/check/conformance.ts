/** The conformance kit's suites, run as the command that it is. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { Failure } from '../failure';
import type { Target } from './look';

/** What the kit found. */
export interface Judged {
  holds: boolean;
  counts: { passed: number; failed: number; notTried: number };
  failed: Array<{ id: string; section: string; says: string; reason?: string }>;
}

/** Runs these suites, or all. Throws a sentence where the kit itself cannot run. */
export async function judge({ url, token }: Target, suites: string | undefined): Promise<Judged> {
  const kit = createRequire(__filename).resolve('agenttown-conformance/dist/agenttown-conformance.js');
  const args = [kit, 'server', '--url', url, '--json', ...(suites ? ['--suite', suites] : [])];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // By environment: a command line shows to whoever lists processes.
    env: { ...process.env, AGENTTOWN_PAIRING_TOKEN: token ?? '' },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const found = read(out);
  if (!found) throw new Failure(err.trim() || 'The conformance kit said nothing.');
  const failed = found.results.filter(({ outcome }) => outcome === 'failed');
  return { holds: found.holds, counts: found.counts, failed };
}

interface Report {
  holds: boolean;
  counts: Judged['counts'];
  results: Array<Judged['failed'][number] & { outcome: string }>;
}

function read(out: string): Report | undefined {
  try {
    return JSON.parse(out);
  } catch {
    return undefined;
  }
}
