/** Behind real proxies, with the very files of docs/proxy: each is tried where the program is on this machine. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../../../local/host';
import { freePort } from '../../../local/tables/engine';
import { call, redeem, register, request } from '../../support/api';
import { CallStream } from '../../support/call-stream';
import { isInstalled, proxies, startProxy } from '../../support/proxies';
import { isolate, type Relay, startRelay } from '../../support/relay';
import { TestRuntime } from '../../support/runtime';
import { sharedAssembly } from '../../support/stack/shared-assembly';
import { withOptions } from '../../support/stack/synthesized';

/** An address of this machine that is none of its loopback's: a proxy passes it on as that of a caller from elsewhere. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** A host with open registration, and the status of its monitor's history for a caller through a proxy. */
async function openMonitor(trustProxy: string[], name: keyof typeof proxies, directory: string) {
  const assembly = sharedAssembly();
  withOptions(assembly, { edge: 'true', registration: 'open' });
  const [port, upstream] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const host = await startHost({
    assembly,
    isolate,
    port: upstream,
    publicUrl: url,
    trustProxy,
    onLog: () => {},
  });
  const child = await startProxy(proxies[name]!(directory, port, upstream), url);
  return {
    statusFor: async (from: string, headers: Record<string, string> = {}) =>
      (await request(url, 'GET /api/monitor/events', { from, headers, credential: '' })).status,
    stop: async () => {
      child.kill('SIGTERM');
      await host.stop();
    },
  };
}

for (const [name, proxy] of Object.entries(proxies)) {
  if (!isInstalled(name)) {
    test(`${name} is not on this machine: docs/proxy was not tried with it`, () => {
      console.warn(`Not tried: ${name} is not installed.`);
    });
    continue;
  }
  describe(name, () => {
    let relay: Relay;
    let child: ChildProcess;
    let url: string;
    const directory = mkdtempSync(join(tmpdir(), `${name}-`));

    beforeAll(async () => {
      const [port, upstream] = [await freePort(), await freePort()];
      url = `http://127.0.0.1:${port}`;
      relay = await startRelay({ port: upstream, publicUrl: url, trustProxy: ['127.0.0.1'] });
      child = await startProxy(proxy(directory, port, upstream), url);
    }, 120_000);
    afterAll(async () => {
      child?.kill('SIGTERM');
      await relay?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test('a runtime and an App meet, and calls of every size pass', async () => {
      const registered = await register(url);
      expect(registered.relayUrl).toMatch(url.replace('http', 'ws'));
      const runtime = await TestRuntime.connect(registered, ({ id, params }, self) =>
        self.send({ jsonrpc: '2.0', id, result: String(params).length }),
      );
      const app = await redeem(url, registered.accessCode);
      for (const length of [1, 100_000]) {
        const { status, body } = await call(url, app, { method: 'length', params: 'x'.repeat(length) });
        expect([status, body.result]).toEqual([200, length]);
      }
      await runtime.close();
    });

    test('progress arrives while its call still runs', async () => {
      const registered = await register(url);
      let answer: () => void = () => {};
      const runtime = await TestRuntime.connect(registered, ({ id }, self) => {
        self.send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq: 0, data: 'half' } });
        answer = () => self.send({ jsonrpc: '2.0', id, result: 'whole' });
      });
      const app = await redeem(url, registered.accessCode);
      const stream = await CallStream.call(url, app, { method: 'slow' });
      expect((await stream.event('progress')).data).toMatchObject({ seq: 0, data: 'half' });
      answer();
      expect((await stream.event('result')).data).toMatchObject({ ok: true, result: 'whole' });
      await runtime.close();
    });

    test.each([
      ['a declared proxy answers this machine and nobody else', ['127.0.0.1'], 200],
      ['a proxy that nobody declared answers nobody', [], 403],
    ])('an open monitor through %s', async (_, trustProxy, forThisMachine) => {
      const own = mkdtempSync(join(tmpdir(), `${name}-`));
      const open = await openMonitor(trustProxy, name, own);
      try {
        const callers = [{ from: '127.0.44.3', status: forThisMachine }];
        if (elsewhere) callers.push({ from: elsewhere, status: 403 });
        else
          console.warn(
            'Callers from elsewhere were not tried: this machine has no address but its loopback.',
          );
        for (const { from, status } of callers) {
          expect(await open.statusFor(from)).toBe(status);
          // What a caller says of itself opens nothing.
          expect(await open.statusFor(from, { 'x-forwarded-for': '127.0.0.1' })).toBe(status);
        }
      } finally {
        await open.stop();
        rmSync(own, { recursive: true, force: true });
      }
    });

    test("a stranger's wrong codes pause that stranger, whatever it claims to be, and nobody else", async () => {
      const guess = (forwarded: string) =>
        request(url, 'POST /api/relay/redeem', {
          body: { accessCode: 'AT-0000-0000-0000' },
          headers: { 'x-forwarded-for': forwarded },
          from: '127.0.44.1',
        });
      for (let n = 0; n < 10; n++) expect((await guess(`198.51.100.${n}`)).status).toBe(404);
      expect((await guess('198.51.100.99')).status).toBe(429);
      const other = await request(url, 'POST /api/relay/redeem', {
        body: { accessCode: 'AT-0000-0000-0000' },
        from: '127.0.44.2',
      });
      expect(other.status).toBe(404);
    });
  });
}
