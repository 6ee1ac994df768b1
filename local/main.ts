/**
 * The command of `npm start`: synthesizes the stack of this project and runs it here. Failures of a start are one
 * sentence on standard error: exit code 2 for a request that makes no sense, 1 for anything else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { banner } from './banner';
import { readCommandLine, UsageError } from './command-line';
import { type Host, startHost } from './host';
import { Inspector } from './inspected/inspector';
import { logSink } from './log-sink';
import { keptAssembly, keptDirectoryOf, USUAL_CONTEXT } from './template/kept-assembly';
import { watch } from './watch';
import { meterReport } from './watched/meter-report';

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

  const onLog = logSink({ verbose: request.verbose, form: request.log });
  const watched = watch({ onLog, dbFile: request.dbFile });
  const startedAt = performance.now();
  host = await startHost({
    assembly: () =>
      keptAssembly({
        projectDirectory: PROJECT_DIRECTORY,
        context: { ...USUAL_CONTEXT, ...request.context },
        keptDirectory: keptDirectoryOf(PROJECT_DIRECTORY),
        scratchDirectory,
        onSynthesis: () => onLog({ line: 'Synthesizing the stack …' }),
      }),
    port: request.port,
    host: request.host,
    ...(request.dbFile !== undefined && { dbFile: request.dbFile }),
    ...(request.publicUrl !== undefined && { publicUrl: request.publicUrl }),
    trustProxy: request.trustProxy,
    isolate: request.isolate,
    ...(request.showPayloads && { witness: new Inspector(request.token) }),
    ...(request.token !== undefined && { token: request.token }),
    ...watched.options,
  });
  host.aws.meter.enabled = request.meter;
  const metrics =
    request.metricsPort === undefined ? undefined : await watched.tell(host, request.metricsPort);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (request.log === 'json') onLog({ line: `Running at ${host.url} after ${seconds} s.` });
  else console.log(`Running after ${seconds} s.\n${banner(host, request, metrics?.port)}`);
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

function fail(error: unknown): never {
  console.error((error as Error).message);
  process.exit(error instanceof UsageError ? 2 : 1);
}

main().catch(fail);
