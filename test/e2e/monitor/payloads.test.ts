/** `--show-payloads`: what calls carried, shown to this machine alone, and replayed. */
import { mkdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, type Identity, MethodError, type Runtime, register } from 'agenttown-relay-client/runtime';
import type { Browser, Page } from 'playwright-core';
import { Inspector } from '../../../local/inspected/inspector';
import { request } from '../../support/api';
import { seriousFaults } from '../../support/monitor/axe';
import { launchBrowser } from '../../support/monitor/chromium';
import {
  enterToken,
  type OpenedMonitor,
  openMonitor,
  overflowsSideways,
  waitUntilLive,
} from '../../support/monitor/monitor-steps';
import { type Relay, registrationToken, startRelay } from '../../support/relay';

const screenshots = join(__dirname, '../../screenshots');

let relay: Relay;
let identity: Identity;
let runtime: Runtime;
let bySocket: RelayApp;
let byHttp: RelayApp;
let browser: Browser;
const ids: string[] = [];
let runs = 0;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [relay, browser] = await Promise.all([
    startRelay({ witness: new Inspector(registrationToken) }),
    launchBrowser(),
  ]);
  identity = await register(relay.url, {
    runtimeType: 'test',
    displayName: 'Desk',
    token: registrationToken,
  });
  runtime = connect(identity, {
    onCall: (method, params, { id, progress }) => {
      ids.push(id);
      runs++;
      if (method === 'fails') throw new MethodError('no', 'E_NO', { why: 1 });
      if (method === 'steps') for (const word of ['a', 'b']) progress(word);
      return method === 'large' ? 'y'.repeat(200_000) : params;
    },
  });
  await runtime.connected();
  bySocket = await pair(relay.url, (await runtime.newCode()).accessCode);
  byHttp = await pair(relay.url, (await runtime.newCode()).accessCode, { way: 'http' });
}, 60_000);
afterAll(async () => {
  bySocket?.close();
  byHttp?.close();
  await runtime?.close();
  await browser?.close();
  await relay?.stop();
});

/** What is kept of the call that the runtime took last. */
async function lastKept() {
  const { status, body } = await request(relay.url, `GET /local/calls/${ids.at(-1)}`, {
    credential: registrationToken,
  });
  expect(status).toBe(200);
  return body;
}

test.each([
  ['by socket', () => bySocket],
  ['by HTTP', () => byHttp],
])('a call %s is kept with what it carried', async (_, app) => {
  await app().call('echo', { say: 'hello' });
  expect(await lastKept()).toEqual({
    id: ids.at(-1),
    method: 'echo',
    gatewayId: identity.gatewayId,
    params: { say: 'hello' },
    steps: [],
    answer: { result: { say: 'hello' } },
    replay: 'possible',
  });
  await app()
    .call('fails')
    .catch(() => {});
  expect(await lastKept()).toMatchObject({
    answer: { error: { code: 'E_NO', message: 'no', data: { why: 1 } } },
  });
  await app().stream('steps').result;
  expect((await lastKept()).steps).toEqual([
    { seq: 0, data: 'a' },
    { seq: 1, data: 'b' },
  ]);
});

test('params by reference and answers by HTTPS are kept whole', async () => {
  await byHttp.call('large', { text: 'ü'.repeat(40_000) });
  const { params, answer } = await lastKept();
  expect([params.text.length, answer.result.length]).toEqual([40_000, 200_000]);
});

test('an answer that the relay refused is none', async () => {
  const [id] = [ids.at(-1)];
  await request(relay.url, `POST /api/relay/replies/${id}`, { body: { id, result: 'forged' } });
  expect((await lastKept()).answer.result).toHaveLength(200_000);
});

test('a call is replayed under a new id, as the App that made it', async () => {
  await bySocket.call('echo', { say: 'again' });
  const before = { id: ids.at(-1), runs };
  const { status, body } = await request(relay.url, `POST /local/calls/${before.id}/replay`, {
    credential: registrationToken,
    body: {},
  });
  expect([status, runs, body.rpcId === before.id]).toEqual([202, before.runs + 1, false]);
  expect(await bySocket.follow(body.id).result).toEqual({ say: 'again' });
  const { body: replayed } = await request(relay.url, `GET /local/calls/${body.rpcId}`, {
    credential: registrationToken,
  });
  expect(replayed).toMatchObject({ method: 'echo', params: { say: 'again' } });
});

/** Asks as it is told to, whatever a client would add by itself. */
function ask(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${relay.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

test('payloads are for who has the token, on this machine, by its own name, through no proxy and from no other page', async () => {
  const path = `/local/calls/${ids.at(-1)}`;
  const authorization = `Bearer ${registrationToken}`;
  expect(await ask(path, { authorization })).toBe(200);
  expect(await ask(path, {})).toBe(401);
  expect(await ask(path, { authorization: 'Bearer something-else-entirely' })).toBe(401);
  expect(await ask(path, { authorization, host: 'relay.example' })).toBe(403);
  expect(await ask(path, { authorization, 'x-forwarded-for': '10.0.0.1' })).toBe(403);
  expect(await ask(path, { authorization, origin: 'https://elsewhere.example' })).toBe(403);
  expect(await ask('/local/calls/rpc_unknown', { authorization })).toBe(404);
  expect(await ask(`${path}/replay`, { authorization })).toBe(405);
});

test('no credential is told, and none is logged', async () => {
  const text = JSON.stringify(await lastKept());
  for (const secret of [
    bySocket.credentials.clientToken,
    byHttp.credentials.clientToken,
    identity.relaySecret,
  ])
    expect([text.includes(secret), relay.logged.some((line) => line.includes(secret))]).toEqual([
      false,
      false,
    ]);
});

describe('in the monitor', () => {
  const opened: OpenedMonitor[] = [];
  async function openCall(page: Page, method: string) {
    await page.locator('.rows > .row', { hasText: method }).first().click();
    await page.waitForSelector('#detail[open] #payloads');
  }
  async function open() {
    const monitor = await openMonitor(browser, `${relay.url}/monitor`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    opened.push(monitor);
    await enterToken(monitor.page, registrationToken);
    await waitUntilLive(monitor.page);
    return monitor.page;
  }
  afterEach(async () => {
    const faults = (await Promise.all(opened.map((monitor) => monitor.faults()))).flat();
    await Promise.all(opened.splice(0).map((monitor) => monitor.close()));
    expect(faults).toEqual([]);
  });

  test("the call's detail shows params and result, copies a curl command, and replays", async () => {
    const page = await open();
    await bySocket.call('shown.here', { say: "it's me" });
    await openCall(page, 'shown.here');
    await page.locator('#params', { hasText: '"say": "it\'s me"' }).waitFor();
    await page.locator('#result', { hasText: '"say": "it\'s me"' }).waitFor();
    await page.getByText('Copy as curl').click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `curl -s ${relay.url}/api/relay/rpc -H "Authorization: Bearer $CLIENT_TOKEN" -d '` +
        `{"gatewayId":"${identity.gatewayId}","method":"shown.here","params":{"say":"it'\\''s me"}}'`,
    );
    expect([await seriousFaults(page), await overflowsSideways(page)]).toEqual([[], false]);
    await page.screenshot({ path: join(screenshots, 'monitor-payloads.png') });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('#result').scrollIntoViewIfNeeded();
    expect([await seriousFaults(page), await overflowsSideways(page)]).toEqual([[], false]);
    await page.screenshot({ path: join(screenshots, 'monitor-payloads-phone.png') });
    const [before, first] = [runs, ids.at(-1)!];
    await page.getByText('Replay').click();
    await page.waitForFunction(
      (id) => document.querySelector('#detail .dialog-body')?.getAttribute('data-id') !== id,
      first,
    );
    await page.locator('#result', { hasText: '"say": "it\'s me"' }).waitFor();
    expect([runs, ids.at(-1) === first]).toEqual([before + 1, false]);
  });
});
