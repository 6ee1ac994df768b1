/** The package as npm would publish it: small, complete, typed, and usable by plain Node.js with nothing beside it. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildPackages } from '../../support/stack/built-packages';

const root = resolve(__dirname, '..', '..', '..');
const home = join(root, 'packages', 'client');
/** The budget for each entry point, minified and gzipped. */
const maxEntryBytes = 10 * 1024;
const maxSealedBytes = 30 * 1024;

let directory: string;
let target: string;

beforeAll(() => {
  buildPackages();
  directory = mkdtempSync(join(tmpdir(), 'client-'));
  target = join(directory, 'node_modules', 'agenttown-relay-client');
  mkdirSync(target, { recursive: true });
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], home);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  run('tar', ['-xzf', join(directory, filename), '-C', target, '--strip-components=1'], directory);
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stdout}${stderr}`);
  return stdout;
}

test.each([
  ['app.js', maxEntryBytes],
  ['runtime.js', maxEntryBytes],
  ['node/app.js', maxEntryBytes],
  ['node/runtime.js', maxEntryBytes],
  ['sealed.js', maxSealedBytes],
])('%s is at most %d bytes gzipped', (entry, maxBytes) => {
  const bytes = gzipSync(readFileSync(join(target, 'dist', entry)), { level: 9 }).length;
  expect(bytes).toBeLessThanOrEqual(maxBytes);
});

test('who does not use sealing pays nothing for it: no cipher is in the other entries', () => {
  for (const entry of ['app.js', 'runtime.js', 'node/app.js', 'node/runtime.js'])
    expect(readFileSync(join(target, 'dist', entry), 'utf8')).not.toMatch(/expand 32-byte k|Noise_/);
});

test('nothing is installed beside it', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
});

test('plain Node.js imports every entry', () => {
  const script = `
    import { open, pair } from 'agenttown-relay-client/app';
    import { connect, register } from 'agenttown-relay-client/runtime';
    import { sealApp, SealedRuntime } from 'agenttown-relay-client/sealed';
    import { fileStore } from 'agenttown-relay-client/file-store';
    const app = open({ serverUrl: 'http://127.0.0.1:9', relayUrl: 'ws://127.0.0.1:9', gatewayId: 'g', clientId: 'c', clientToken: 't' });
    const error = await app.call('m', 1, { timeoutMs: 1000 }).catch((error) => error);
    app.close();
    console.log([open, pair, connect, register, fileStore, sealApp, SealedRuntime].map((entry) => typeof entry).join(), error.name);
  `;
  writeFileSync(join(directory, 'use.mjs'), script);
  expect(run(process.execPath, ['use.mjs'], directory).trim()).toBe(
    `${Array(7).fill('function').join()} Unreachable`,
  );
}, 30_000);

test('its types hold for a strict TypeScript project, by the rules of Node.js and by those of bundlers', () => {
  writeFileSync(
    join(directory, 'use.mts'),
    `
    import { type Credentials, pair, RuntimeOffline, type Store } from 'agenttown-relay-client/app';
    import { connect, MethodError, register } from 'agenttown-relay-client/runtime';
    import { sealApp, type SealedClient, SealedRuntime, type ShownCode } from 'agenttown-relay-client/sealed';
    declare const store: Store<Credentials>;
    declare const [clients, codes]: [Store<SealedClient[]>, Store<ShownCode[]>];
    const app = await pair('https://relay.example', 'AT-1', { store, seal: sealApp() });
    app.sealed?.fingerprint.trim();
    const answer: { n: number } = await app.call<{ n: number }>('m');
    for await (const step of app.stream<string, { text: string }>('chat')) step.text.trim();
    app.on('presence', ({ connected }) => connected === true);
    const runtime = connect(await register('https://relay.example', { runtimeType: 'x' }), {
      seal: new SealedRuntime({ clients, codes }),
      methods: { m: (_, { progress, signal }) => (signal.aborted ? progress(1) : Promise.reject(new MethodError('no'))) },
    });
    // @ts-expect-error an event that there is not
    runtime.on('nothing', () => {});
    export { answer, RuntimeOffline };
    `,
  );
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const common = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--types',
    '',
    '--skipLibCheck',
    'false',
  ];
  for (const module of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ])
    expect(run(process.execPath, [compiler, ...common, ...module, 'use.mts'], directory)).toBe('');
}, 30_000);
