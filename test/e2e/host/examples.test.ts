import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import { buildPackages } from '../../support/stack/built-packages';

const root = join(__dirname, '..', '..', '..');
let relay: Relay;
const running: ChildProcess[] = [];

beforeAll(async () => {
  buildPackages();
  relay = await startRelay();
});
afterAll(async () => {
  for (const child of running) child.kill();
  await relay.stop();
});

/** Runs an example; its lines can be waited for. */
function example(name: string, ...args: string[]) {
  const env = {
    ...process.env,
    AGENTTOWN_PAIRING_TOKEN: registrationToken,
    AGENTTOWN_PAIRING_URL: relay.url,
  };
  const child = spawn(process.execPath, [join(root, 'examples', name), ...args], { env });
  running.push(child);
  const lines: string[] = [];
  const waiting: Array<() => void> = [];
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      wake();
    });
  }
  let exitCode: number | null | undefined;
  child.on('close', (code) => {
    exitCode = code;
    wake();
  });
  return {
    lines,
    async line(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
        if (found) return found;
        if (exitCode !== undefined) throw new Error(`${name} ended without ${pattern}: ${lines.join('\n')}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async end(): Promise<number | null> {
      while (exitCode === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      return exitCode;
    },
  };
}

test('the walk-through works: a runtime shows a code, the App redeems it and calls', async () => {
  const runtime = example('runtime.mjs', relay.url);
  const [, code] = await runtime.line(/Code for the App: (AT-\S+)/);
  await runtime.line(/Connected/);
  const app = example('app.mjs', code!, 'echo', '{"say":"hello"}');
  expect(await app.end()).toBe(0);
  expect(app.lines.join('\n')).toContain('"say": "hello"');
  await runtime.line(/Asked for echo/);
  const again = example('app.mjs', code!);
  expect(await again.end()).toBe(1);
  expect(again.lines.join('\n')).toMatch(/^CodeNotFound: /m);
});

/** The curl lines of the README's walk-through, as requests. */
function readmeRequests() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8').split('## Try it')[1]!.split(/^## /m)[0]!;
  const lines = readme.replaceAll('\\\n', ' ').match(/^curl .*$/gm) ?? [];
  return lines.map((line) => ({
    line,
    path: /localhost:8787(\S+)/.exec(line)![1]!,
    credential: /Bearer (\S+)"/.exec(line)?.[1],
    body: / -d '(.*)'/.exec(line)?.[1],
  }));
}

test('each curl line of the README works in its turn, with what came out of the steps before it', async () => {
  const runtime = example('runtime.mjs', relay.url);
  const [, code] = await runtime.line(/Code for the App: (AT-\S+)/);
  await runtime.line(/Connected/);
  const app = example('app.mjs', code!, 'echo');
  const [, gatewayId, clientToken] = await app.line(/Gateway (\S+), client token (\S+)/);
  let known: Record<string, string> = { gatewayId: gatewayId!, clientToken: clientToken!, accessCode: code! };
  const filledIn = (text: string) =>
    text
      .replace('gw_…', known.gatewayId!)
      .replace('atc_…', known.clientToken!)
      .replace('AT-XXXX-XXXX-XXXX', known.accessCode!);
  const steps = readmeRequests();
  expect(steps.length).toBeGreaterThanOrEqual(4);
  for (const { line, path, credential, body } of steps) {
    // The walk-through is of a server with open registration.
    const bearer = credential ? filledIn(credential) : registrationToken;
    const response = await fetch(relay.url + path, {
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(body ? { method: 'POST', body: filledIn(body) } : {}),
    });
    const answer = (await response.json()) as Record<string, string>;
    expect([line, Math.floor(response.status / 100)]).toEqual([line, 2]);
    known = { ...known, ...answer };
  }
});
