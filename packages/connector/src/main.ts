#!/usr/bin/env node
/** The command `agenttown`. */
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './command-line';
import { Home } from './home';

/** Set when the package is built. */
declare const CONNECTOR_VERSION: string;

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  {
    environment: process.env,
    home: new Home(process.env),
    version: CONNECTOR_VERSION,
    say: (line) => console.log(line),
    isTerminal: process.stdout.isTTY === true,
    warn: (line) => console.error(line),
  },
  { signal: stop.signal, entry: fileURLToPath(import.meta.url) },
);
