/**
 * `npm run test:openclaw`: a real OpenClaw behind the relay, from the first code to a gateway that is restarted in mid-call. The
 * first run installs OpenClaw and the Node.js that it needs into `.openclaw/` (about 850 MB). No model, no key: an echo stands in.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pair, type RelayApp, type RelayError } from 'agenttown-relay-client/app';
import { sealApp } from 'agenttown-relay-client/sealed';
import { freePort } from '../../local/tables/engine';
import { Gate } from '../support/gate';
import { buildPackages } from '../support/stack/built-packages';
import { type Running, start } from './commands';
import { startEchoModel } from './echo-model';
import { installOpenClaw, type RealGateway, startOpenClaw } from './real-openclaw';

const root = resolve(__dirname, '..', '..');
const folder = process.env.OPENCLAW_FOLDER ?? join(root, '.openclaw');
const registrationToken = 'the-registration-token-of-this-run';

async function main(): Promise<void> {
  buildPackages();
  installOpenClaw(folder);
  const ends: Array<() => Promise<void> | void> = [];
  try {
    const model = await startEchoModel();
    ends.unshift(model.stop);
    const gateway = await startOpenClaw(folder, model.url, join(root, 'packages', 'openclaw-plugin'));
    ends.unshift(gateway.stop);
    // Everybody comes through it, so that it has whatever the relay says.
    const gate = await Gate.start();
    ends.unshift(() => gate.stop());
    const passed: Buffer[] = [];
    gate.onBytes = (data) => passed.push(data);
    const tables = mkdtempSync(join(folder, 'tables-'));
    gate.port = await freePort();
    const places = ['--port', String(gate.port), '--public-url', gate.url, '--db', join(tables, 'relay.db')];
    const serve = [join(root, 'bin', 'agenttown-pairing-server.js'), 'serve', ...places];
    const server = start(serve, { AGENTTOWN_PAIRING_TOKEN: registrationToken, NO_COLOR: '1' });
    ends.unshift(server.stop);
    await server.line(/public URL/);
    const { url } = gate;
    const agenttown = (...args: string[]): Running =>
      start([join(root, 'packages', 'connector', 'dist', 'agenttown.js'), ...args], {
        AGENTTOWN_HOME: join(folder, `agenttown-${process.pid}`),
        AGENTTOWN_PAIRING_TOKEN: registrationToken,
        OPENCLAW_GATEWAY_TOKEN: gateway.token,
      });
    const place = ['--agent', 'openclaw', '--endpoint', gateway.url];
    const pairing = agenttown('relay-pair', '--agenttown-url', url, ...place, '--code-only');
    const code = await pairing.line(/^AT-\S+/);
    const connector = agenttown('relay', '--json', '--allow', 'config.schema');
    ends.unshift(connector.stop);
    await connector.line(/"connected"/);
    const app = await pair(url, code, { label: 'test:openclaw', seal: sealApp() });
    ends.unshift(() => app.close());
    await check(app, model.answered, gateway.restart);
    await step('no word of the chats in table, log, event or byte of the relay', async () => {
      const events = await fetch(`${url}/api/monitor/events?limit=500`, {
        headers: { authorization: `Bearer ${registrationToken}` },
      });
      const files = readdirSync(tables).map((name) => readFileSync(join(tables, name)));
      const all = Buffer.concat([
        ...files,
        ...passed,
        Buffer.from(server.lines.join('\n')),
        Buffer.from(await events.text()),
      ]);
      for (const word of ['hello from a phone', 'sessionKey', 'interrupted word', 'echo: '])
        assert.equal(all.includes(word), false, word);
      assert.ok(all.includes('sealed'));
      return `${all.length.toLocaleString('en')} bytes searched`;
    });
    await checkPlugin(gateway, url);
  } finally {
    for (const end of ends) await end();
  }
}

async function check(app: RelayApp, answered: string[], restart: () => Promise<void>): Promise<void> {
  await step('agenttown.status', async () => {
    const status = await app.call<{ ok: boolean; runtimeVersion: string }>('agenttown.status');
    assert.equal(status.ok, true);
    return `OpenClaw ${status.runtimeVersion}`;
  });
  await step('health', async () => sizeOf(await app.call('health')));
  await step('sessions.list', async () => sizeOf(await app.call('sessions.list', {})));
  await step('config.schema, by HTTPS', async () => {
    const schema = await app.call('config.schema', {});
    assert.ok(JSON.stringify(schema).length > 1_000_000);
    return sizeOf(schema);
  });
  await step('config.get is refused by the connector', async () => {
    await assert.rejects(app.call('config.get', {}), { code: -32601 });
    return '-32601';
  });
  await step('chat.send, streamed; a retry under its id is one run', async () => {
    const params = { sessionKey: 'main', message: 'hello from a phone' };
    const stream = app.stream<unknown, { text?: string; replace?: boolean }>('chat.send', params, {
      id: 'one-run',
      timeoutMs: 120_000,
    });
    let [text, steps] = ['', 0];
    for await (const { text: more, replace } of stream) {
      steps++;
      text = `${replace ? '' : text}${more ?? ''}`;
    }
    assert.match(text, /echo: .*hello from a phone/s);
    const again = await app.call('chat.send', params, { id: 'one-run' });
    assert.deepEqual(again, await stream.result);
    assert.equal(answered.filter((said) => said.includes('hello from a phone')).length, 1);
    return `${steps} steps`;
  });
  await step('cancel', async () => {
    const message = `long ${'word '.repeat(400)}`;
    const stream = app.stream('chat.send', { sessionKey: 'main', message }, { timeoutMs: 120_000 });
    for await (const heard of stream) if ((heard as { text?: string }).text) break;
    await assert.rejects(stream.result, { name: 'Cancelled' });
    return 'Cancelled';
  });
  await step("the gateway's restart in mid-call", async () => {
    const message = `interrupted ${'word '.repeat(400)}`;
    const stream = app.stream('chat.send', { sessionKey: 'restart', message }, { timeoutMs: 240_000 });
    const result = stream.result.then(
      () => 'answered',
      (error) => String(error.code),
    );
    // Leaving the loop would cancel the call.
    for (let heard: { text?: string } = {}; !heard.text; )
      heard = (await stream.next()).value as { text?: string };
    await restart();
    const ended = await result;
    assert.equal(ended, 'agent_unreachable');
    // The connector looks for its gateway with growing patience.
    for (let isThere = false; !isThere; ) isThere = (await app.call<{ ok: boolean }>('agenttown.status')).ok;
    await app.call('health');
    return `the call ended as ${ended}; health answers again`;
  });
}

/** The plugin inside the gateway, beside the connector outside of it: another pairing, kept in the gateway's own home. */
async function checkPlugin({ command }: RealGateway, url: string): Promise<void> {
  let app: RelayApp | undefined;
  try {
    await step('openclaw agenttown relay-pair', async () => {
      const args = ['agenttown', 'relay-pair', '--agenttown-url', url, '--code-only'];
      const pairing = command(args, { AGENTTOWN_PAIRING_TOKEN: registrationToken });
      app = await pair(url, await pairing.line(/^AT-\S+/), {
        label: 'test:openclaw, plugin',
        seal: sealApp(),
      });
      return 'a code, and an App with it';
    });
    await step("the plugin's service serves that pairing", async () => {
      let isThere = false;
      while (!isThere) {
        const status = app?.call<{ ok: boolean }>('agenttown.status', {}, { timeoutMs: 60_000 });
        isThere = (await status?.catch(ifAway))?.ok ?? false;
      }
      await app?.call('cron.list', {});
      return 'agenttown.status and what its configuration allows';
    });
    await step('a chat through the plugin', async () => {
      const params = { sessionKey: 'main', message: 'hello from the plugin' };
      const stream = app!.stream<unknown, { text?: string }>('chat.send', params, { timeoutMs: 120_000 });
      let text = '';
      for await (const { text: more } of stream) text += more ?? '';
      assert.match(text, /hello from the plugin/);
      return `${text.length} characters`;
    });
  } finally {
    app?.close();
  }
}

/** The service looks every few seconds whether something is paired. */
function ifAway(error: RelayError): undefined {
  if (error.name !== 'RuntimeOffline') throw error;
}

async function step(name: string, work: () => Promise<string>): Promise<void> {
  const startedAtMs = performance.now();
  const found = await work();
  console.log(`${name.padEnd(56)} ${found} (${Math.round(performance.now() - startedAtMs)} ms)`);
}

function sizeOf(value: unknown): string {
  return `${JSON.stringify(value).length.toLocaleString('en')} bytes`;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
