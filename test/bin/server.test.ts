import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  installSteps,
  leftBehind,
  type Program,
  uninstallSteps,
  upgradeSteps,
} from '../../bin/server/install';
import { type Place, placeFor } from '../../bin/server/place';
import { carryOut, planText } from '../../bin/server/plan';
import { readServerStatus, serverStatusText } from '../../bin/server/server-status';
import { unitText } from '../../bin/server/unit';

const program: Program = { node: '/usr/bin/node', command: '/opt/pairing/bin/agenttown-pairing-server.js' };
const request = { port: 8787, host: '127.0.0.1', registerToken: 'a-token-of-the-operator' };
const system = placeFor(true, {});

/** A user's places in a folder of the test's own. */
function homePlace(): Place {
  return placeFor(false, { HOME: mkdtempSync(join(tmpdir(), 'agenttown-home-')) });
}

/** Files alone: no test starts a unit. */
const filesOf = (steps: ReturnType<typeof installSteps>) => steps.filter(({ act }) => act !== 'run');

test('a dry run for the system shows every file and command, and not the token', () => {
  const settings = { ...request, publicUrl: 'https://pairing.example', trustProxy: 'loopback' };
  const text = planText(installSteps(system, settings, program));
  expect(text.split('\n').filter((line) => !line.startsWith('  |'))).toEqual([
    'run useradd --system --user-group --shell /usr/sbin/nologin --home-dir /var/lib/agenttown-pairing-server --no-create-home agenttown-pairing-server',
    'write /etc/agenttown-pairing-server/environment (600)',
    'write /etc/systemd/system/agenttown-pairing-server.service (644)',
    'run systemctl daemon-reload',
    'run systemctl enable agenttown-pairing-server',
    'run systemctl restart agenttown-pairing-server',
  ]);
  expect(text).toContain('  | AGENTTOWN_PAIRING_TOKEN=(kept secret)');
  expect(text).toContain('  | AGENTTOWN_PAIRING_PUBLIC_URL=https://pairing.example');
  expect(text).toContain(
    '  | ExecStart=/usr/bin/node /opt/pairing/bin/agenttown-pairing-server.js serve --port 8787 --host 127.0.0.1 --db /var/lib/agenttown-pairing-server/pairing.sqlite --trust-proxy loopback',
  );
  expect(text).not.toContain(request.registerToken);
});

test('the command prints the same and changes nothing', () => {
  const home = mkdtempSync(join(tmpdir(), 'agenttown-home-'));
  const command = join(__dirname, '../../bin/agenttown-pairing-server.js');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [command, 'install', '--dry-run', '--port', '9000', '--public-url', 'https://x.example/\nEVIL=1'],
    { env: { PATH: process.env.PATH, HOME: home }, encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain(' serve --port 9000 --host 127.0.0.1 ');
  expect(stdout).not.toMatch(/^ {2}\| EVIL=/m);
  expect(existsSync(join(home, '.config'))).toBe(false);
});

test('token and environment are readable by their owner alone, and kept by the next installation', () => {
  const place = homePlace();
  const { registerToken: _, ...untold } = request;
  carryOut(filesOf(installSteps(place, untold, program)));
  const first = readFileSync(place.environmentFile, 'utf8');
  expect(first).toMatch(/^AGENTTOWN_PAIRING_TOKEN=[\w-]{43}$/m);
  expect(statSync(place.environmentFile).mode & 0o777).toBe(0o600);
  expect(statSync(place.dataDirectory).mode & 0o777).toBe(0o700);
  chmodSync(place.environmentFile, 0o644);
  carryOut(filesOf(installSteps(place, { ...untold, port: 9000 }, program)));
  expect(readFileSync(place.environmentFile, 'utf8')).toBe(first);
  expect(statSync(place.environmentFile).mode & 0o777).toBe(0o600);
  expect(readFileSync(place.unitFile, 'utf8')).toContain('--port 9000');
});

test('an upgrade changes the paths of the unit and nothing else', () => {
  const place = homePlace();
  carryOut(filesOf(installSteps(place, { ...request, port: 9000, trustProxy: '10.0.0.1' }, program)));
  const before = readFileSync(place.unitFile, 'utf8');
  carryOut(filesOf(upgradeSteps(place, { node: '/opt/node/bin/node', command: '/opt/new/server.js' })));
  const after = readFileSync(place.unitFile, 'utf8');
  expect(after).toBe(
    before.replace(`${program.node} ${program.command}`, '/opt/node/bin/node /opt/new/server.js'),
  );
});

test('an uninstallation keeps data and token and says so; --purge removes them', () => {
  const place = homePlace();
  carryOut(filesOf(installSteps(place, request, program)));
  writeFileSync(join(place.dataDirectory, 'pairing.sqlite'), 'rows');
  carryOut(filesOf(uninstallSteps(place, false)));
  expect(
    [place.unitFile, place.environmentFile, place.dataDirectory].map((path) => existsSync(path)),
  ).toEqual([false, true, true]);
  expect(leftBehind(place, false)).toBe(
    `Kept: the data in ${place.dataDirectory} and the registration token in ${place.environmentFile} (--purge removes both).`,
  );
  carryOut(filesOf(uninstallSteps(place, true)));
  expect(existsSync(place.environmentFile) || existsSync(place.dataDirectory)).toBe(false);
});

test('purging without a terminal needs --yes, and nothing is removed until then', () => {
  const home = mkdtempSync(join(tmpdir(), 'agenttown-home-'));
  const unit = join(home, '.config/systemd/user/agenttown-pairing-server.service');
  mkdirSync(join(unit, '..'), { recursive: true });
  writeFileSync(unit, '[Unit]\n');
  // The command looks at the user's places only where it does not run as root.
  const script = `process.getuid = () => 1000; process.argv = ['node', 'agenttown-pairing-server', 'uninstall', '--purge']; require(${JSON.stringify(join(__dirname, '../../bin/agenttown-pairing-server.js'))});`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', script], {
    env: { PATH: process.env.PATH, HOME: home },
    encoding: 'utf8',
    input: '',
  });
  expect({ stderr, status }).toEqual({
    stderr: 'There is no terminal to ask on: say --yes if you mean it.\n',
    status: 2,
  });
  expect(existsSync(unit)).toBe(true);
});

test.each([
  [[], / No server is installed on this machine, so this looked at AWS\.\n$/],
  [['--stack', 'Mine'], /or a region in the profile\.\n$/],
])('status where neither a server nor an account is found says what it looked at: %j', (flags, ends) => {
  const home = mkdtempSync(join(tmpdir(), 'agenttown-home-'));
  const script = `process.getuid = () => 1000; process.argv = ['node', 'agenttown-pairing-server', 'status', ...${JSON.stringify(flags)}]; require(${JSON.stringify(join(__dirname, '../../bin/agenttown-pairing-server.js'))});`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', script], {
    env: { PATH: process.env.PATH, HOME: home },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^No AWS Region is chosen: /);
  expect(stderr).toMatch(ends);
});

test.each([
  ['/root/.npm/_npx/abc/node_modules/agenttown-pairing-server/bin/x.js', /npx keeps this package/],
  ['/home/ada/pairing/bin/x.js', /cannot read: install Node.js and this package for the whole system/],
])('a system unit is refused for %s, where it could not live', (command, reason) => {
  expect(() => installSteps(system, request, { ...program, command })).toThrow(reason);
});

test.each(['short', 'a token with blanks in it', 'sixteen-characters\nEVIL=1'])(
  'the registration token %j is refused without being repeated',
  (registerToken) => {
    const attempt = () => installSteps(system, { ...request, registerToken }, program);
    expect(attempt).toThrow('A registration token has 16 characters or more and no blanks.');
  },
);

test('paths with blanks, dollars and percents reach systemd as they are', () => {
  const unit = unitText({ place: system, ...request, node: '/opt/my node', command: '/opt/50%/$x.js' });
  expect(unit).toContain('ExecStart="/opt/my node" /opt/50%%/$$x.js serve');
});

test('status says which server it looks at, and that a stopped one is not well', async () => {
  const place = homePlace();
  carryOut(filesOf(installSteps(place, { ...request, port: 9, host: '0.0.0.0' }, program)));
  writeFileSync(join(place.dataDirectory, 'pairing.sqlite'), Buffer.alloc(3 * 1024 * 1024));
  const status = await readServerStatus(place, () => 'failed');
  expect(status).toMatchObject({ well: false, state: 'failed', url: 'http://127.0.0.1:9' });
  const text = serverStatusText(status);
  expect(text).toContain(`looking at            the server of this machine, ${place.unitFile}`);
  expect(text).toMatch(/data +.*, 3\.0 MiB$/m);
});

const analyzer = spawnSync('systemd-analyze', ['--version']).status === 0 ? test : test.failing;
analyzer('systemd reads the unit without a word (fails where there is no systemd-analyze)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agenttown-unit-'));
  const file = join(directory, 'agenttown-pairing-server.service');
  writeFileSync(
    file,
    unitText({
      place: system,
      ...request,
      node: process.execPath,
      command: __filename,
      trustProxy: 'loopback',
    }),
  );
  const said = execFileSync('systemd-analyze', ['verify', '--man=no', file], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  expect(said).toBe('');
});
