import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowScripts, engines } from '../../package.json';

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: true;
  inBundle?: true;
  hasInstallScript?: true;
  engines?: { node?: string };
  optionalDependencies?: Record<string, string>;
}

const read = (...path: string[]) => readFileSync(join(__dirname, '..', '..', ...path), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, Entry>;
};
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
);

/** Written by hand, since not every registry has them: where one does, npm takes what it is given. */
const withoutHash = [
  'node_modules/@dynoxide/darwin-arm64',
  'node_modules/@dynoxide/darwin-x64',
  'node_modules/@dynoxide/linux-arm64',
  'node_modules/@dynoxide/win32-x64',
];

test('every package has a hash, but for those that a registry lacks', () => {
  // A bundled package comes inside another one's file, under that one's hash.
  const bare = installed.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
  expect(bare.map(([path]) => path).sort()).toEqual(withoutHash);
  for (const [, { integrity }] of installed) if (integrity) expect(integrity).toMatch(/^sha512-/);
});

test('the lock file names no address', () => {
  expect(installed.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([]);
});

test('the binaries of every platform are listed, whichever platform last wrote the file', () => {
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      expect([path, name, places.some((place) => place in packages)]).toEqual([path, name, true]);
    }
  }
});

test('every package that would run a script at its installation is decided upon, so that npm does not ask', () => {
  const scripted = installed.filter(([, { hasInstallScript, inBundle }]) => hasInstallScript && !inBundle);
  // npm itself leaves out what is not for this platform.
  const names = scripted
    .map(([path]) => path.split('node_modules/').at(-1)!)
    .filter((name) => name !== 'fsevents');
  expect([...new Set(names)].sort()).toEqual(Object.keys(allowScripts).sort());
});

/**
 * Bundled into `agenttown`, whose tests run it on the oldest Node.js; nobody who uses it installs them. They ask for a newer one
 * for the sake of the whole of OpenClaw: the lock file leaves that out, so that `npm ci` does not warn of it.
 */
const bundledAll = ['node_modules/@openclaw/gateway-client', 'node_modules/@openclaw/gateway-protocol'];

/** Whether a range of npm's, as `^20.1.0 || >=24`, admits the oldest Node.js that is tested. */
function admitsOldest(range: string): boolean {
  return range.split('||').some((part) => {
    const [, sign, major, minor = '0'] = /^\s*(\^|~|>=|>|=|v)?\s*(\d+)(?:\.(\d+|x))?/.exec(part) ?? [];
    if (major === undefined) return part.trim() === '*';
    const isNewer = Number(major) > 20 || (major === '20' && Number(minor) > 19);
    return sign?.startsWith('>') ? !isNewer : major === '20' && !isNewer;
  });
}

test('no package warns of the oldest Node.js that is tested', () => {
  expect(admitsOldest('>=22.17.0')).toBe(false);
  expect(admitsOldest('^22.17.0 || >=24.0.0')).toBe(false);
  const warning = installed.filter(([, { engines: { node = '*' } = {} }]) => !admitsOldest(node));
  expect(warning.map(([path]) => path)).toEqual([]);
  for (const path of bundledAll)
    expect(installed.find(([place]) => place === path)?.[1].engines).toBeUndefined();
});

test('package, workflow and README say which Node.js is tested: 20 and 24', () => {
  expect(engines.node).toBe('^20.19.0 || >=24.0.0');
  expect(read('.github', 'workflows', 'ci.yml')).toContain('node: [20, 24]');
  expect(read('README.md')).toContain('Node.js 20 (from 20.19) or 24: the tests run on both.');
});
