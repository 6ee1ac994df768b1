/** The kit as npm would publish it: one command that runs with nothing beside it, and says what it found. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { buildPackages } from '../../support/stack/built-packages';

const home = resolve(__dirname, '..', '..', '..', 'packages', 'conformance');
let directory: string;
let tarball: string;
let command: string;
let relay: Relay;

beforeAll(async () => {
  buildPackages();
  directory = mkdtempSync(join(tmpdir(), 'agenttown-'));
  const target = join(directory, 'package');
  mkdirSync(target);
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const packed = spawnSync('npm', packing, { cwd: home, encoding: 'utf8' });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  tarball = join(directory, filename);
  spawnSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  command = join(target, manifest.bin['agenttown-conformance']);
  relay = await startRelay();
}, 60_000);
afterAll(async () => {
  await relay.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the packed command. */
const run = (...args: string[]) => ran(process.execPath, [command, ...args], directory);

/** Runs it as npx does from the package, in an empty folder and with nothing of npm's but a cache that is empty too. */
function npx(...args: string[]): Promise<Ran> {
  const empty = mkdtempSync(join(directory, 'empty-'));
  const own = ['--yes', '--offline', '--cache', join(directory, 'cache'), '--package', tarball];
  return ran('npx', [...own, 'agenttown-conformance', ...args], empty);
}

function ran(file: string, args: string[], cwd: string): Promise<Ran> {
  const env = { PATH: process.env.PATH, AGENTTOWN_PAIRING_TOKEN: registrationToken };
  return new Promise((done) => {
    execFile(file, args, { cwd, env }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test('npx judges a server from an empty folder, and it reports as text, JSON and JUnit', async () => {
  const junit = join(directory, 'report.xml');
  const found = await npx(
    'server',
    '--url',
    relay.url,
    '--only',
    // The last one opens more calls at a time than any other.
    'relay-health,pairing-redeem,limits-waited-for',
    '--junit',
    junit,
  );
  expect([found.code, found.err]).toEqual([0, '']);
  expect(found.out).toContain('3 of 3 cases hold.');
  expect(readFileSync(junit, 'utf8')).toContain('<testcase classname="server.relay" name="relay-health"');
  const { out } = await run('server', '--url', relay.url, '--only', 'relay-health', '--json');
  expect(JSON.parse(out)).toMatchObject({
    holds: true,
    counts: { passed: 1 },
    results: [{ id: 'relay-health' }],
  });
}, 60_000);

test('a list of expected failures that is not true is a failure', async () => {
  const list = join(directory, 'expected.txt');
  writeFileSync(list, '# known\nrelay-health # it holds\nno-such-case\n');
  const { code, out } = await run(
    'server',
    '--url',
    relay.url,
    '--only',
    'relay-health',
    '--expected-failures',
    list,
  );
  expect(code).toBe(1);
  expect(out).toContain('relay-health is expected to fail and does not');
  expect(out).toContain('no-such-case is expected to fail and does not');
}, 60_000);

test('a command line that is wrong, a token that is wrong and a server that is not there are one sentence each', async () => {
  const suite = await run('server', '--url', relay.url, '--suite', 'nothing');
  expect([suite.code, suite.err]).toEqual([
    2,
    expect.stringMatching(/^There is no nothing\. Suites: relay, .*\n$/),
  ]);
  const token = await run('server', '--url', relay.url, '--token', 'a-wrong-token-of-24-chars');
  expect([token.code, token.err]).toEqual([
    1,
    expect.stringMatching(/lets nobody register with this token\.\n$/),
  ]);
  const both = await run('runtime', '--exec', 'true', '--url', 'http://127.0.0.1:0');
  expect([both.code, both.err]).toEqual([2, 'Say --exec or --url, one of them.\n']);
  const late = await run('runtime', '--url', 'http://127.0.0.1:0', '--wait', '1');
  expect([late.code, late.err]).toEqual([1, expect.stringMatching(/No runtime came within 1 s\.\n$/)]);
  const nobody = await run('server', '--url', 'http://127.0.0.1:9');
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringMatching(/was not reached: .*\n$/)]);
}, 60_000);

test('waits at a URL for a runtime that somebody starts, and judges it as it is', async () => {
  const file = join(directory, 'runtime.json');
  const kit = spawn(process.execPath, [
    ...[command, 'runtime', '--url', 'http://127.0.0.1:0', '--json'],
    ...['--only', 'commands-echo-text,commands-cancel,connection-hello,connection-keepalive'],
  ]);
  const [out, closed] = [text(kit.stdout), once(kit, 'close')];
  const [told] = await once(kit.stderr, 'data');
  const [, url, token] = /Start it with (\S+) as its server and (\S+) as its/.exec(String(told))!;
  const env = { PATH: process.env.PATH, AGENTTOWN_PAIRING_TOKEN: token, AGENTTOWN_RUNTIME_FILE: file };
  const example = resolve(home, '..', '..', 'examples', 'runtime.mjs');
  const runtime = spawn(process.execPath, [example, url!], { env, stdio: 'ignore' });
  const [code] = await closed;
  runtime.kill();
  const { results } = JSON.parse(await out) as { results: Array<{ id: string; outcome: string }> };
  expect([code, ...results.map(({ id, outcome }) => `${id} ${outcome}`)]).toEqual([
    0,
    'commands-echo-text passed',
    'commands-cancel passed',
    'connection-hello passed',
    'connection-keepalive not-tried',
  ]);
}, 60_000);

test('a server that says something else fails the case with the sentence, and no secret is told', async () => {
  const liar: Server = createServer((request, response) => {
    const body =
      request.url === '/api/relay/register'
        ? {
            gatewayId: 'gw_x',
            relaySecret: `ats_${'S'.repeat(50)}`,
            accessCode: 'AT-0000-0000-0000',
            relayUrl: 'ws://x',
          }
        : { ok: false };
    response.writeHead(request.url === '/api/relay/register' ? 201 : 200).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => liar.listen(0, '127.0.0.1', done));
  const { port } = liar.address() as { port: number };
  const { code, out } = await run(
    'server',
    '--url',
    `http://127.0.0.1:${port}`,
    '--only',
    'relay-health,pairing-relay-secret-shape,pairing-access-code-life',
  );
  liar.closeAllConnections();
  liar.close();
  expect(code).toBe(1);
  expect(out).toContain('✗ relay-health\n    Routes: “| `GET /health` |');
  expect(out).not.toContain('SSSS');
}, 60_000);
