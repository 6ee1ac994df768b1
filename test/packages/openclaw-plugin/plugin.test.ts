/** The plugin as npm would publish it, in a stand-in for OpenClaw; `npm run test:openclaw` has it in the real one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import { type Running, start } from '../../openclaw/commands';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { buildPackages } from '../../support/stack/built-packages';
import { OpenClawGateway } from '../connector/openclaw-gateway';

const root = resolve(__dirname, '..', '..', '..');
const token = 'the-token-of-the-gateway';
let relay: Relay;
let gateway: OpenClawGateway;
let folder: string;
let plugin: string;
let host: string;
let environment: Record<string, string>;
let service: Running;
let app: RelayApp;

/** Runs the stand-in to its end. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [host, plugin, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
  });
  return { status, stdout, stderr };
}

/** As npm installs it, beside an OpenClaw of which only the entry's helper is there. */
function install(): void {
  plugin = join(folder, 'plugin');
  host = join(folder, 'openclaw-host.mjs');
  const modules = join(folder, 'node_modules');
  const sdk = join(modules, 'openclaw');
  for (const path of [plugin, sdk]) mkdirSync(path, { recursive: true });
  const packed = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: join(root, 'packages', 'openclaw-plugin'),
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  spawnSync('tar', ['-xzf', join(folder, filename), '-C', plugin, '--strip-components=1']);
  const exported = { './plugin-sdk/plugin-entry': './plugin-entry.js' };
  writeFileSync(
    join(sdk, 'package.json'),
    JSON.stringify({ name: 'openclaw', type: 'module', exports: exported }),
  );
  writeFileSync(join(sdk, 'plugin-entry.js'), 'export const definePluginEntry = (entry) => entry;\n');
  // The host's own; what the plugin needs is in it.
  mkdirSync(join(folder, 'host', 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules', 'commander'), join(folder, 'host', 'node_modules', 'commander'));
  host = join(folder, 'host', 'openclaw-host.mjs');
  writeFileSync(host, readFileSync(join(__dirname, 'openclaw-host.mjs')));
}

beforeAll(async () => {
  buildPackages();
  folder = mkdtempSync(join(tmpdir(), 'openclaw-plugin-'));
  install();
  [relay, gateway] = await Promise.all([startRelay(), OpenClawGateway.start(token)]);
  const configuration = join(folder, 'openclaw.json');
  writeFileSync(configuration, JSON.stringify({ gateway: { port: gateway.port, auth: { token } } }));
  environment = {
    HOME: folder,
    AGENTTOWN_HOME: join(folder, 'agenttown'),
    OPENCLAW_CONFIG_PATH: configuration,
    STAND_IN_CONFIG: JSON.stringify({
      plugins: { entries: { agenttown: { config: { allow: ['config.schema'] } } } },
    }),
  };
}, 60_000);
afterAll(async () => {
  app?.close();
  await service?.stop();
  await gateway?.stop();
  await relay?.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(gateway.faults).toEqual([]);
});

test('it registers its command where commands are listed, and its service where the gateway runs', () => {
  const registered = (mode: string) => JSON.parse(run('registers', mode).stdout);
  const command = {
    name: 'agenttown',
    description: 'Pair phones with this agent and see them',
    hasSubcommands: true,
  };
  const service = { id: 'agenttown-relay', configPrefixes: ['plugins.entries.agenttown'] };
  expect(registered('full')).toEqual({
    id: ['agenttown', 'agenttown'],
    api: '>=2026.9.0',
    declared: [command],
    commands: [command],
    services: [service],
  });
  for (const mode of ['cli-metadata', 'discovery'])
    expect(registered(mode)).toMatchObject({ commands: [command], services: [] });
  for (const mode of ['tool-discovery', 'setup-only', 'setup-runtime'])
    expect(registered(mode)).toMatchObject({ commands: [], services: [] });
});

test('before anything is paired the service says how to, and serves once something is', async () => {
  service = start([host, plugin, 'gateway'], environment);
  await service.line(/Nothing is paired yet: openclaw agenttown relay-pair/);
  // Not waited for to its end: the gateway it looks for is in this process.
  const args = ['cli', 'agenttown', 'relay-pair', '--agenttown-url', relay.url, '--code-only'];
  const pairing = start([host, plugin, ...args], {
    ...environment,
    AGENTTOWN_PAIRING_TOKEN: registrationToken,
  });
  const code = await pairing.line(/^AT-\S+/);
  await service.line(/connected/);
  app = await pair(relay.url, code, { seal: sealApp() });
  expect(await app.call('agenttown.status')).toMatchObject({ ok: true, runtime: 'openclaw' });
  expect(await app.call('health')).toEqual({ ok: true });
});

test("what the plugin's configuration allows is allowed, and nothing else", async () => {
  expect(JSON.stringify(await app.call('config.schema')).length).toBeGreaterThan(2_000_000);
  await expect(app.call('config.get')).rejects.toMatchObject({ code: -32601 });
});

test('the command line says what is the case, and has no service to install', () => {
  expect(run('cli', 'agenttown', 'relay').stderr).toMatch(/runs here already/);
  expect(run('cli', 'agenttown', 'service', 'install')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('The gateway runs the connector by itself'),
  });
  expect(run('cli', 'agenttown', '--help').stdout).toContain('relay-pair');
  expect(run('cli', 'agenttown').stdout).toContain('relay-pair');
});

test('a gateway that stops takes the connection along', async () => {
  await service.stop();
  expect(service.lines.at(-1)).toBe('stopped');
  const call = app.call('health', undefined, { timeoutMs: 1_000 });
  await expect(call).rejects.toMatchObject({ name: 'RuntimeOffline' });
});
