import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Identity, MethodError, type Runtime, register } from 'agenttown-relay-client/runtime';
import { SealedRuntime } from 'agenttown-relay-client/sealed';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { request } from '../../support/api';
import { eventually } from '../../support/eventually';
import { everyRow, putRow } from '../../support/memory/tables';
import { memoryStore } from '../../support/memory-store';
import { seriousFaults } from '../../support/monitor/axe';
import { launchBrowser } from '../../support/monitor/chromium';
import { overflowsSideways } from '../../support/monitor/monitor-steps';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

const screenshots = join(__dirname, '../../screenshots');
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true };

let relay: Relay;
let browser: Browser;
let identity: Identity;
let runtime: Runtime;
let context: BrowserContext;
let page: Page;
const faults: string[] = [];
/** Every address that a page asked for. */
const addresses: string[] = [];
/** Settles when the newest socket of a page is no more. */
const closedOf = new WeakMap<Page, Promise<unknown>>();
/** Runs of `chat.send` so far, each with what ends it. */
const runs: Array<{
  message: string;
  say(text: string): void;
  end(result: unknown): void;
  signal: AbortSignal;
}> = [];
let told = () => {};

/** The newest run, as soon as the runtime has it. */
async function run(message: string) {
  for (;;) {
    const found = runs.find((each) => each.message === message);
    if (found) return found;
    await new Promise<void>((resolve) => {
      told = resolve;
    });
  }
}

const methods = {
  'agenttown.status': () => ({ ok: true, runtime: 'test' }),
  echo: (params: unknown) => params,
  fail: () => {
    throw new MethodError('the tool is taken', 'E_BUSY');
  },
  'chat.send': (
    params: unknown,
    { progress, signal }: { progress(data: unknown): void; signal: AbortSignal },
  ) =>
    new Promise((resolve) => {
      const { message } = params as { message: string };
      // Whoever is stopped ends: else its deadline would keep the process.
      signal.addEventListener('abort', () => resolve(null));
      runs.push({
        message,
        signal,
        end: resolve,
        say: (deltaText) => progress({ state: 'delta', deltaText }),
      });
      told();
    }),
};

const seal = new SealedRuntime({ clients: memoryStore(), codes: memoryStore() });

/** A code of sixteen characters: every pairing here is sealed, unless a test says otherwise. */
async function newCode(): Promise<string> {
  const { body } = await request(relay.url, 'POST /api/relay/codes', {
    credential: identity.relaySecret,
    body: {},
  });
  return await seal.show(body.accessCode);
}

async function openApp(options: BrowserContextOptions = {}) {
  context = await browser.newContext({ ...PHONE, ...options });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => faults.push(String(error.stack ?? error)));
  opened.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  opened.on('request', (request) => addresses.push(`${request.method()} ${request.url()}`));
  opened.on('websocket', (socket) => {
    addresses.push(socket.url());
    closedOf.set(opened, new Promise((resolve) => socket.on('close', resolve)));
  });
  await opened.goto(`${relay.url}/app`);
  return opened;
}

async function pairNew(options?: BrowserContextOptions) {
  const opened = await openApp(options);
  await opened.fill('#code', await newCode());
  await opened.click('button[type="submit"]');
  await opened.waitForSelector('#say');
  return opened;
}

async function say(message: string) {
  await page.fill('#say', message);
  await page.click('[aria-label="Send"]');
  return await run(message);
}

const last = () => page.locator('.said.theirs').last();

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [relay, browser] = await Promise.all([startRelay(), launchBrowser()]);
  identity = await register(relay.url, {
    runtimeType: 'example',
    displayName: 'My desk',
    capabilities: Object.keys(methods),
    token: registrationToken,
  });
  runtime = connect(identity, { methods, seal });
  page = await pairNew();
}, 120_000);
afterAll(async () => {
  runtime?.close();
  await browser?.close();
  await relay?.stop();
});
afterEach(() => expect(faults.splice(0)).toEqual([]));

test('a code in any spelling becomes an agent; it is in no address, and the token is in no text', async () => {
  const other = await openApp();
  const code = await newCode();
  await other.locator('#code').pressSequentially(code.toLowerCase().replaceAll('-', ''));
  expect(await other.inputValue('#code')).toBe(code);
  await other.click('button[type="submit"]');
  await other.waitForSelector('.presence[data-tone="good"]');
  expect(await other.textContent('.who')).toContain('My desk');
  expect(other.url()).not.toContain(code.slice(3));
  const kept = await other.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('agenttown-app');
        opening.onsuccess = () => {
          const all = opening.result.transaction('records').objectStore('records').getAll();
          all.onsuccess = () =>
            resolve(
              all.result
                .map(({ bytes }: { bytes: ArrayBuffer }) => String.fromCharCode(...new Uint8Array(bytes)))
                .join('\n'),
            );
        };
      }),
  );
  expect(kept.length).toBeGreaterThan(100);
  expect(kept).not.toContain('atc_');
  expect(kept).not.toContain('typed-code');
  expect(await other.content()).not.toContain('atc_');
  expect(await other.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    'atc_',
  );
});

async function hasCodeOfLink(other: Page) {
  const code = await newCode();
  await other.goto(`${relay.url}/app#${code}`);
  await other.waitForFunction(
    (wanted) => (document.querySelector('#code') as HTMLInputElement | null)?.value === wanted,
    code,
  );
  expect(other.url()).toBe(`${relay.url}/app`);
}

test('the link of a code fills the field and leaves nothing of it in the address', async () => {
  await hasCodeOfLink(await openApp());
});

test('so it does in an App that has agents and is open', async () => {
  await hasCodeOfLink(await pairNew());
});

test('a closed lock says when and how the pairing was sealed, with the fingerprint that the agent shows', async () => {
  await page.click('.lock[data-sealed="true"]');
  await page.locator('#seal').getByText('by the last four characters of the code').waitFor();
  const { fingerprint } = (await seal.clients())[0]!;
  expect(await page.textContent('#seal .fingerprint')).toBe(fingerprint);
  await page.keyboard.press('Escape');
});

test('twelve characters pair unsealed, and the page says so before and after', async () => {
  const other = await openApp();
  await other.fill('#code', (await newCode()).slice(0, 17));
  await other.waitForSelector('#unsealed');
  await other.click('button[type="submit"]');
  await other.locator('.lock[data-sealed="false"]', { hasText: 'Not sealed' }).waitFor();
});

test('wrong last four characters pair nothing, and say so', async () => {
  const other = await openApp();
  const code = await newCode();
  await other.fill('#code', code.slice(0, -4) + (code.endsWith('0000') ? '1111' : '0000'));
  await other.click('button[type="submit"]');
  await other.locator('[role="alert"]', { hasText: 'The last four characters do not match' }).waitFor();
  expect(await other.locator('.agent').count()).toBe(0);
});

test('a chat shows the text as it comes, and the answer when it is whole', async () => {
  const hello = await say('hello');
  hello.say('Hel');
  await last().getByText('Hel', { exact: true }).waitFor();
  hello.say('lo there');
  await last().getByText('Hello there', { exact: true }).waitFor();
  hello.end({ text: 'Hello there.' });
  await last().getByText('Hello there.', { exact: true }).waitFor();
  expect(await last().getAttribute('data-state')).toBe('answered');
});

test('a run is stopped at the agent', async () => {
  const { signal } = await say('stop me');
  const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
  await last().getByText('Stop', { exact: true }).click();
  await last().getByText('Stopped.').waitFor();
  await stopped;
});

/** Cuts the sockets of every page. */
function cutSockets(): void {
  const { connections } = relay.host;
  for (const { connectionId, userAgent } of connections.list())
    if (userAgent?.startsWith('Mozilla')) connections.cut(connectionId);
}

test('a run goes on over a lost network and a page that is loaded anew, and runs once', async () => {
  const long = await say('long work');
  long.say('one ');
  await last().getByText('one').waitFor();
  // A browser that is offline keeps the sockets that it has: the network is cut as well.
  await context.setOffline(true);
  cutSockets();
  long.say('two ');
  await closedOf.get(page);
  await context.setOffline(false);
  await last().getByText('one two').waitFor();
  await page.reload();
  await last().getByText('one two').waitFor();
  long.say('three');
  await last().getByText('one two three').waitFor();
  long.end({ done: true });
  await page.waitForFunction(
    () => [...document.querySelectorAll('.said.theirs')].at(-1)?.getAttribute('data-state') === 'answered',
  );
  expect(runs.filter(({ message }) => message === 'long work')).toHaveLength(1);
});

test('calls go by sockets that tickets open, and no address holds a token', () => {
  const sockets = addresses.filter((address) => address.startsWith('ws:'));
  expect(sockets.length).toBeGreaterThan(1);
  for (const address of sockets) expect(address).toMatch(/[?&]ticket=atk_/);
  // But for the two of each pairing by which it is sealed, before there is a socket.
  const count = (path: string) => addresses.filter((address) => address.endsWith(path)).length;
  expect(count('/api/relay/rpc')).toBeLessThanOrEqual(2 * count('/api/relay/redeem'));
  expect(addresses.filter((address) => address.includes('atc_'))).toEqual([]);
});

test('any method is called, with params that are checked, and its answer is a tree', async () => {
  await page.click('[data-view="console"]');
  expect(
    await page
      .locator('#methods option')
      .evaluateAll((all) => all.map((each) => (each as HTMLOptionElement).value)),
  ).toEqual(Object.keys(methods));
  await page.fill('#method', 'echo');
  await page.fill('#params', '{"a": [1, 2');
  await page.getByText('This is not JSON').waitFor();
  expect(await page.isDisabled('.ask .primary')).toBe(true);
  await page.fill('#params', '{"a": [1, {"b": "deep"}]}');
  await page.click('.ask .primary');
  await page
    .locator('.outcome')
    .getByText('2 items')
    .or(page.locator('.outcome').getByText('list of 2'))
    .waitFor();
  await page.fill('#method', 'fail');
  await page.click('.ask .primary');
  await page.getByText('The agent says: the tool is taken (E_BUSY)').waitFor();
  expect(await page.locator('.before li').count()).toBe(2);
});

test.each(['light', 'dark'] as const)(
  'in the %s scheme axe finds no serious fault, and at 390 pixels nothing goes sideways',
  async (colorScheme) => {
    const found: Record<string, unknown> = {};
    const check = async (name: string, shown: Page) => {
      found[name] = [
        ...(await seriousFaults(shown)),
        ...((await overflowsSideways(shown)) ? ['sideways'] : []),
      ];
      await shown.screenshot({ path: join(screenshots, `app-${name}-${colorScheme}.png`) });
    };
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await check('console', page);
    await page.click('[data-view="chat"]');
    await check('chat', page);
    await page.click('.lock');
    await check('seal', page);
    await page.keyboard.press('Escape');
    await page.click('[aria-label="Back to the agents"]');
    await page.waitForSelector('.agent');
    await check('agents', page);
    await page.getByText('Rename').click();
    await check('rename', page);
    await page.keyboard.press('Escape');
    await page.getByText('Pair another').click();
    await page.fill('#code', '7f3');
    await page.click('button[type="submit"]');
    await page.waitForSelector('[role="alert"]');
    await check('pair', page);
    await page.getByText('Back to the agents').click();
    await page.click('.agent-open');
    await page.click('[data-view="console"]');
    expect(found).toEqual({ console: [], chat: [], agents: [], rename: [], pair: [], seal: [] });
  },
);

test('an agent that is away says so, and a message to it can be tried again when it is back', async () => {
  await page.click('[data-view="chat"]');
  runtime.close();
  await page.getByText('Away').waitFor();
  await page.fill('#say', 'are you there');
  await page.click('[aria-label="Send"]');
  await last().getByText('waiting for it to come back').waitFor();
  await last().getByText('The agent is away: nothing took the call').waitFor();
  runtime = connect(identity, { methods, seal });
  await page.waitForSelector('.presence[data-tone="good"]');
  await last().locator('.fault button').click();
  (await run('are you there')).end('I am');
  await last().getByText('I am', { exact: true }).waitFor();
});

test('an agent is renamed here, and removed at the relay', async () => {
  const other = await pairNew();
  await other.click('[aria-label="Back to the agents"]');
  await other.getByText('Rename').click();
  await other.fill('#label', 'Desk at home');
  await other.click('#rename .primary');
  await other.locator('.agent strong', { hasText: 'Desk at home' }).waitFor();
  const clients = async () =>
    (await request(relay.url, 'GET /api/relay/clients', { credential: identity.relaySecret })).body.clients
      .length;
  const before = await clients();
  await other.getByText('Remove', { exact: true }).click();
  await other.click('#removal .primary');
  await other.waitForSelector('#code');
  expect(await clients()).toBe(before - 1);
});

test('a device whose access was revoked says so, with a way to pair again', async () => {
  const other = await pairNew();
  const { body } = await request(relay.url, 'GET /api/relay/clients', { credential: identity.relaySecret });
  const newest = body.clients.sort((a: { createdAt: string }, b: { createdAt: string }) =>
    a.createdAt < b.createdAt ? 1 : -1,
  )[0];
  await request(relay.url, `DELETE /api/relay/clients/${newest.clientId}`, {
    credential: identity.relaySecret,
  });
  await other.getByText('its access was revoked').waitFor();
  await other.getByText('Pair again').click();
  await other.waitForSelector('#code');
});

test('a device that is offline says so, and a message typed meanwhile goes its way when the network is back', async () => {
  const other = await pairNew();
  const device = other.context();
  await device.setOffline(true);
  await other.locator('.presence', { hasText: 'Offline' }).waitFor();
  await other.fill('#say', 'from a tunnel');
  await other.click('[aria-label="Send"]');
  await other.getByText('This device is offline; what the agent has goes on.').waitFor();
  expect(runs.some(({ message }) => message === 'from a tunnel')).toBe(false);
  await device.setOffline(false);
  (await run('from a tunnel')).end('out again');
  await other.getByText('out again', { exact: true }).waitFor();
  await other.locator('.presence', { hasText: 'Here' }).waitFor();
  expect(runs.filter(({ message }) => message === 'from a tunnel')).toHaveLength(1);
});

test('an answer that is too large for the relay is said to be, with its limit', async () => {
  const other = await pairNew();
  await other.fill('#say', 'everything');
  await other.click('[aria-label="Send"]');
  (await run('everything')).end('x'.repeat(5 * 1024 * 1024));
  const fault = other.locator('.said.theirs').last().locator('.fault');
  await fault.getByText("The agent's answer is too large for the relay, which takes 4 MB").waitFor();
  await fault.locator('button', { hasText: 'Send it again' }).click();
  const again = async () => {
    const found = runs.filter(({ message }) => message === 'everything')[1];
    return found ?? undefined;
  };
  (await eventually(again)).end('less');
  await other.getByText('less', { exact: true }).waitFor();
});

test('a code that has expired says so, and another one can be typed at once', async () => {
  const other = await openApp();
  const code = await newCode();
  for (const { table, row } of await everyRow(relay.host))
    if (table === 'Codes') await putRow(relay.host, { table, row: { ...row, expiresAt: 1 } });
  await other.fill('#code', code);
  await other.click('button[type="submit"]');
  await other.getByText('older than ten minutes').waitFor();
  await other.click('.fault button');
  expect(await other.inputValue('#code')).toBe('');
  expect(await other.evaluate(() => document.activeElement?.id)).toBe('code');
  await other.keyboard.type(await newCode());
  await other.keyboard.press('Enter');
  await other.waitForSelector('#say');
});

test('a used code, a wrong one and too many tries each say what to do', async () => {
  const other = await openApp();
  const tryCode = async (code: string, words: string) => {
    await other.fill('#code', code);
    await other.click('button[type="submit"]');
    await other.locator('[role="alert"]', { hasText: words }).waitFor();
  };
  await tryCode('AT-0000-0000-0000', 'mistyped, used already, or older than ten minutes');
  // A new minute begins whenever it will, and counts anew.
  for (let status = 404; status !== 429; )
    ({ status } = await request(relay.url, 'POST /api/relay/redeem', {
      body: { accessCode: 'AT-0000-0000-0000' },
    }));
  await tryCode('AT-0000-0000-0001', 'Too many codes were tried');
  expect(await other.textContent('.fault button')).toMatch(/^Try again in \d+ s$/);
});

test('without the relay the App still opens, and says that the relay is out of reach', async () => {
  await page.goto(`${relay.url}/app`);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    for (;;) {
      const kept = await (await caches.open('agenttown-app-1')).keys();
      if (kept.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  runtime.close();
  await relay.stop();
  await page.reload();
  await page.getByText('Relay out of reach').waitFor();
});
