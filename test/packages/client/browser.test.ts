/** The App's library in a real browser, on a page of another origin than the relay's. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type Runtime, register } from 'agenttown-relay-client/runtime';
import { buildSync } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/monitor/chromium';
import { registrationToken } from '../../support/relay';
import { type GatedRelay, startGatedRelay } from './gated-relay';

let relay: GatedRelay;
let runtime: Runtime;
let browser: Browser;
let site: Server;
let page: Page;
/** Every address that the page asked for. */
const addresses: string[] = [];
let release: () => void;
const runs = new Map<string, number>();

beforeAll(async () => {
  [relay, browser] = await Promise.all([startGatedRelay(), launchBrowser()]);
  const identity = await register(relay.url, { runtimeType: 'test', token: registrationToken });
  runtime = connect(identity, {
    times: { minBackoffMs: 20, maxBackoffMs: 200 },
    methods: {
      echo: (params) => params,
      walk: async (params, { progress }) => {
        runs.set(String(params), (runs.get(String(params)) ?? 0) + 1);
        for (let step = 0; step < 3; step++) {
          progress(step);
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        return params;
      },
    },
  });
  await runtime.connected();
  const { outputFiles } = buildSync({
    entryPoints: [require.resolve('agenttown-relay-client/app').replace('/node/', '/')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'relay',
  });
  site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><script>${outputFiles[0]!.text}</script>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  page = await browser.newPage();
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  await page.goto(`http://127.0.0.1:${(site.address() as { port: number }).port}/`);
  await page.evaluate(
    async ([url, code]) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own globals
      const world = window as any;
      world.app = await world.relay.pair(url, code, {
        label: 'Browser',
        times: { minBackoffMs: 20, maxBackoffMs: 200 },
      });
    },
    [relay.url, identity.accessCode],
  );
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await runtime?.close();
  await new Promise((resolve) => site.close(resolve));
  await relay?.stop();
});

/** Runs in the page; `app` is the paired App. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the page gives
function inPage<T>(work: (app: any, argument: any) => Promise<T>, argument?: unknown): Promise<T> {
  return page.evaluate(`(${work})(window.app, ${JSON.stringify(argument)})`) as Promise<T>;
}

test('a call, an error and a stream work as elsewhere', async () => {
  expect(await inPage((app) => app.call('echo', { say: 'ü' }))).toEqual({ say: 'ü' });
  const error = await inPage((app) =>
    app.call('none').catch((error: Error & { code: number }) => [error.name, error.code]),
  );
  expect(error).toEqual(['RuntimeError', -32601]);
});

test('a page whose network is cut in the middle of a stream loses no step, and the call runs once', async () => {
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noExplicitAny: the page's own globals
    const world = window as any;
    world.steps = [];
    world.stream = world.app.stream('walk', 'cut');
    world.done = (async () => {
      for await (const step of world.stream) world.steps.push(step);
      return world.stream.result;
    })();
  });
  const seen = (count: number) => page.waitForFunction(`window.steps.length >= ${count}`);
  await seen(1);
  relay.gate.cut();
  await runtime.connected();
  release();
  await seen(2);
  relay.gate.cut();
  await runtime.connected();
  release();
  await seen(3);
  release();
  expect(await page.evaluate('window.done')).toBe('cut');
  expect([await page.evaluate('window.steps'), runs.get('cut')]).toEqual([[0, 1, 2], 1]);
});

test('calls go by a socket that a ticket opens, once', async () => {
  await inPage((app) => app.call('echo', 'by socket'));
  const tickets = addresses.filter((address) => address.startsWith('ws:'));
  expect(tickets.length).toBeGreaterThan(0);
  expect(new Set(tickets).size).toBe(tickets.length);
  for (const address of tickets) expect(address).toContain('atk_');
  expect(addresses.filter((address) => address.endsWith('/api/relay/rpc'))).toEqual([]);
});

test('no address that the page asked for holds a token', async () => {
  const { clientToken } = (await page.evaluate('window.app.credentials')) as { clientToken: string };
  expect(clientToken).toMatch(/^atc_/);
  expect(addresses.length).toBeGreaterThan(3);
  expect(addresses.filter((address) => address.includes('atc_'))).toEqual([]);
});

test('the entry for browsers names nothing of Node.js', () => {
  const { outputFiles } = buildSync({
    entryPoints: ['app', 'runtime'].map((name) =>
      require.resolve(`agenttown-relay-client/${name}`).replace('/node/', '/'),
    ),
    bundle: true,
    write: false,
    outdir: 'unused',
    format: 'esm',
    platform: 'browser',
  });
  for (const { text } of outputFiles) expect(text).not.toMatch(/from "node:|require\(/);
  expect(readFileSync(require.resolve('agenttown-relay-client/file-store'), 'utf8')).toContain('node:fs');
});
