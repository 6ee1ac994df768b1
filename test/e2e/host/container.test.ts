/** No engine builds the image here: what the Dockerfile copies is put into a folder as it would be, and run from there. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = resolve(__dirname, '..', '..', '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** `COPY a b ./` of the last stage, as sources and target. */
function copies(): Array<{ sources: string[]; target: string }> {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  const lines = last.match(/^COPY (?!--from).*$/gm) ?? [];
  return lines.map((line) => {
    const words = line.split(/\s+/).slice(1);
    return { sources: words.slice(0, -1), target: words.at(-1)! };
  });
}

test('what is copied into the image is in the repository and not kept out of its context', () => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  for (const source of copies().flatMap(({ sources }) => sources)) {
    expect([source, existsSync(join(root, source))]).toEqual([source, true]);
    expect(ignored).toContain(`!${source.split('/')[0]}`);
  }
});

test('a release builds the image for both platforms, and sees it serve on a read-only root', () => {
  const release = readFileSync(join(root, '.github', 'workflows', 'release.yml'), 'utf8');
  const job = release.slice(release.indexOf('\n  image:'), release.indexOf('\n  image-index:'));
  expect(job.match(/platform: \w+/g)).toEqual(['platform: amd64', 'platform: arm64']);
  expect(job.indexOf('--read-only')).toBeGreaterThan(job.indexOf('docker build'));
  expect(job.indexOf('docker push')).toBeGreaterThan(job.indexOf('--read-only'));
});

test('the image runs as a user of its own and writes nowhere but into its volume', () => {
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^VOLUME \/data$/m);
  expect(dockerfile).toMatch(/^CMD .*"--db", "\/data\//m);
  const compose = readFileSync(join(root, 'compose.yaml'), 'utf8');
  expect(compose).toMatch(/^ {4}read_only: true$/m);
});

test("the image's files serve, with its own command", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'container-'));
  for (const { sources, target } of copies()) {
    for (const source of sources) {
      const inside = sources.length > 1 || target.endsWith('/') ? join(target, basename(source)) : target;
      cpSync(join(root, source), join(directory, inside), {
        recursive: true,
        filter: (path) => !/\/(node_modules|dist)$/.test(path),
      });
    }
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  const [, entry] = /^ENTRYPOINT \["node", "(.*)"\]$/m.exec(dockerfile)!;
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[];
  const args = command.map((word) =>
    word.replace('/data/', `${directory}/data-`).replace('0.0.0.0', '127.0.0.1'),
  );
  const child = spawn(process.execPath, [entry!, ...args, '--port', '0'], {
    cwd: directory,
    env: { ...process.env, AGENTTOWN_PAIRING_TOKEN: 'a-token-of-the-container' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  try {
    while (!/public URL +\S+/.test(said)) {
      if (child.exitCode !== null) throw new Error(said);
      await setTimeout(50);
    }
    const [, url] = /public URL +(\S+)/.exec(said)!;
    expect((await fetch(`${url}/health`)).status).toBe(200);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await exited).toBe(0);
  rmSync(directory, { recursive: true, force: true });
}, 120_000);
