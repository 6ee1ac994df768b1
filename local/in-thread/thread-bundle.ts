import { join } from 'node:path';
import { buildSync } from 'esbuild';

let bundled: string | undefined;

/** `thread-calls.ts` as the URL of a module that needs no file. */
export function threadCallsModule(): string {
  bundled ??= bundle();
  return bundled;
}

function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'thread-calls.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`;
}
