/** A real OpenClaw, in a folder of its own: installed once, started on a free port, its whole state beside it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort } from '../../local/tables/engine';
import { type Running, start as startCommand } from './commands';

/** What is installed: about 850 MB, from npm. OpenClaw needs a newer Node.js than this project. */
const packages = ['openclaw@2026.9.6', 'node@24.21.0'];

/** How long a gateway may take to listen. */
const startMs = 180_000;

/** Installs what is not there yet. */
export function installOpenClaw(folder: string): void {
  if (existsSync(join(folder, 'node_modules', 'openclaw', 'openclaw.mjs')) && existsSync(nodeOf(folder)))
    return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', ['install', ...options, ...packages], folder);
  // The one script that is needed: it fetches the binary of this platform.
  run(process.execPath, ['installArchSpecificPackage.js'], join(folder, 'node_modules', 'node'));
}

/** A gateway under way. */
export interface RealGateway {
  url: string;
  token: string;
  /** Ends it and starts it again, on the same port with the same state. */
  restart(): Promise<void>;
  /** Runs OpenClaw's own command line beside it. */
  command(args: string[], environment: Record<string, string>): Running;
  stop(): Promise<void>;
}

/** Starts the gateway with a model. */
export async function startOpenClaw(
  folder: string,
  modelUrl: string,
  pluginFolder: string,
): Promise<RealGateway> {
  const state = mkdtempSync(join(folder, 'state-'));
  const port = await freePort();
  const token = 'the-token-of-this-run';
  const model = { id: 'echo', name: 'Echo', contextWindow: 32_000, maxTokens: 1_024 };
  const file = join(state, 'openclaw.json');
  const configuration = {
    gateway: { mode: 'local', port, bind: 'loopback', auth: { mode: 'token', token } },
    models: {
      providers: { local: { baseUrl: modelUrl, api: 'openai-completions', apiKey: 'none', models: [model] } },
    },
    agents: { defaults: { model: { primary: 'local/echo' } } },
    plugins: {
      load: { paths: [pluginFolder] },
      entries: { agenttown: { enabled: true, config: { allow: ['cron.list'] } } },
    },
  };
  writeFileSync(file, JSON.stringify(configuration));
  const url = `ws://127.0.0.1:${port}`;
  const entry = join(folder, 'node_modules', 'openclaw', 'openclaw.mjs');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: state,
    TMPDIR: state,
    OPENCLAW_STATE_DIR: state,
    OPENCLAW_CONFIG_PATH: file,
    AGENTTOWN_HOME: join(state, 'agenttown'),
  };
  const start = async () => {
    const child = spawn(nodeOf(folder), [entry, 'gateway', 'run'], {
      cwd: state,
      stdio: process.env.SHOW_LOGS ? 'inherit' : 'ignore',
      env,
    });
    await listening(url, child);
    return child;
  };
  let child = await start();
  return {
    url,
    token,
    async restart() {
      await ended(child);
      child = await start();
    },
    command: (args, more) => startCommand([entry, ...args], { ...env, ...more }, nodeOf(folder)),
    stop: () => ended(child),
  };
}

const nodeOf = (folder: string) => join(folder, 'node_modules', 'node', 'bin', 'node');

/** A crash, for whoever is connected: a gateway that is asked to end waits for its runs. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await over;
}

async function listening(url: string, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + startMs;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null) throw new Error(`OpenClaw's gateway ended with ${child.exitCode}.`);
    const socket = new WebSocket(url);
    const greeted = await new Promise((resolve) => {
      socket.on('message', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
    });
    socket.terminate();
    if (greeted) return;
    await pause(500);
  }
  throw new Error("OpenClaw's gateway does not listen.");
}

function run(name: string, args: string[], cwd: string): void {
  const { status } = spawnSync(name, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${name} ${args[0]} failed.`);
}
