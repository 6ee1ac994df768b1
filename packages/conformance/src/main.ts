#!/usr/bin/env node
/** The command `agenttown-conformance`. */
import { runCommandLine } from './command-line';

/** Set when the package is built. */
declare const CONFORMANCE_VERSION: string;

// What a case left behind when it failed has been told by its failure.
process.on('unhandledRejection', () => {});

const exitCode = await runCommandLine(process.argv.slice(2), {
  version: CONFORMANCE_VERSION,
  say: (text) => console.log(text),
  warn: (text) => console.error(text),
});
// Sockets that a case left behind keep nobody waiting.
process.stdout.write('', () => process.exit(exitCode));
