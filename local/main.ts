/**
 * The command of `npm start`: synthesizes the stack of this project and runs it here. Failures of a start are one
 * sentence on standard error: exit code 2 for a request that makes no sense, 1 for anything else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { meterReport } from './aws/meter-report';
import { banner } from './banner';
import { readCommandLine, type StartRequest, UsageError } from './command-line';
import { type Host, startHost } from './host';
import type { LogLine } from './host-log';
import { keptAssembly, keptDirectoryOf } from './template/kept-assembly';
import { USUAL_CONTEXT } from './usual-context';

const PROJECT_DIRECTORY = path.resolve(__dirname, '..');

/** One Ctrl-C can arrive twice: from the terminal, and handed on by the process above. */
const SAME_SIGNAL_MS = 300;

/** Calls under way have so long to end: less than systemd and container engines give a process. */
const GRACE_MS = 10_000;

/** However much hangs, the process is gone by then. */
const STOP_LIMIT_MS = GRACE_MS + 4_500;

async function main(): Promise<void> {
  const request = readCommandLine(process.argv.slice(2), process.env);
  // Each run has its own directory, so that several can run at once, outside of a package that may be read-only.
  const scratchDirectory = mkdtempSync(path.join(tmpdir(), 'agenttown-pairing-'));
  process.on('exit', () => rmSync(scratchDirectory, { recursive: true, force: true }));

  let host: Host | undefined;
  endOnSignals(async () => {
    await host?.stop(GRACE_MS);
    if (host && request.meter) console.log(meterReport(host.aws.meter.calls));
  });

  const startedAt = performance.now();
  host = await startHost({
    assembly: () =>
      keptAssembly({
        projectDirectory: PROJECT_DIRECTORY,
        context: { ...USUAL_CONTEXT, ...request.context },
        keptDirectory: keptDirectoryOf(PROJECT_DIRECTORY),
        scratchDirectory,
        onSynthesis: () => console.log('Synthesizing the stack …'),
      }),
    port: request.port,
    host: request.host,
    ...(request.dbFile !== undefined && { dbFile: request.dbFile }),
    ...(request.publicUrl !== undefined && { publicUrl: request.publicUrl }),
    trustProxy: request.trustProxy,
    isolate: request.isolate,
    ...(request.token !== undefined && { token: request.token }),
    onLog: logSink(request),
  });
  host.aws.meter.enabled = request.meter;
  console.log(`Running after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  console.log(banner(host, request));
}

function endOnSignals(end: () => Promise<void>): void {
  let firstAt: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (firstAt !== undefined) {
      if (now - firstAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    firstAt = now;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    void end().then(
      () => process.exit(0),
      (error) => fail(error),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** Functions write a line per request; a person at a terminal wants what went wrong. */
function logSink({ verbose }: StartRequest): (line: LogLine) => void {
  return ({ functionLogicalId, line }) => {
    if (!functionLogicalId) console.error(line);
    else if (verbose || !isRoutine(line)) console.log(`[${functionLogicalId}] ${line}`);
  };
}

/** Structured lines below a warning, and metrics. */
function isRoutine(line: string): boolean {
  if (!line.startsWith('{')) return false;
  const [, level] = /"level":"(\w+)"/.exec(line) ?? [];
  return level === undefined ? line.includes('"_aws"') : /^(TRACE|DEBUG|INFO)$/i.test(level);
}

function fail(error: unknown): never {
  console.error((error as Error).message);
  process.exit(error instanceof UsageError ? 2 : 1);
}

main().catch(fail);
