/**
 * `npm run test:proxies`: what takes minutes through the real proxies, with the files of docs/proxy. Through each that is on this
 * machine: a stream of a minute, and a socket that is silent for five, by which a call then comes. Beside `npm test`, which
 * has no minutes. Ends with 1 where anything fails, or where no proxy is there.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort } from '../../local/tables/engine';
import { call, redeem, register } from '../support/api';
import { CallStream } from '../support/call-stream';
import { isInstalled, proxies, startProxy } from '../support/proxies';
import { startRelay } from '../support/relay';

const silenceMs = 5 * 60_000;
const streamMs = 60_000;
const progressEveryMs = 15_000;

async function tryProxy(name: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  const [port, upstream] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const relay = await startRelay({ port: upstream, publicUrl: url, trustProxy: ['127.0.0.1'] });
  const proxy = await startProxy(proxies[name]!(directory, port, upstream), url);
  try {
    await Promise.all([streamForAMinute(url), callAfterSilence(url)]);
    console.log(
      `${name}: a stream of ${streamMs / 1_000} s, and a socket silent for ${silenceMs / 60_000} min: fine.`,
    );
  } finally {
    proxy.kill('SIGTERM');
    await relay.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A runtime that tells of its progress now and then, and ends after a minute. */
async function streamForAMinute(url: string): Promise<void> {
  const { socket, app } = await pair(url, async ({ id }, send) => {
    for (let seq = 0; seq * progressEveryMs < streamMs; seq += 1) {
      send({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq, data: `part ${seq}` } });
      await setTimeout(progressEveryMs);
    }
    send({ jsonrpc: '2.0', id, result: 'whole' });
  });
  const stream = await CallStream.call(url, app, { method: 'slow', timeoutMs: 2 * streamMs });
  const seen = JSON.stringify([await stream.event('progress', 3), await stream.last()]);
  for (const part of ['part 3', 'whole'])
    if (!seen.includes(part)) throw new Error(`The stream lacks "${part}": ${seen}`);
  socket.close();
}

/** A runtime that says nothing for five minutes and is called then. */
async function callAfterSilence(url: string): Promise<void> {
  const { socket, app } = await pair(url, async ({ id, params }, send) =>
    send({ jsonrpc: '2.0', id, result: params }),
  );
  const cut = once(socket, 'close').then(([code]) => {
    throw new Error(`The silent socket was closed with ${code}.`);
  });
  await Promise.race([setTimeout(silenceMs), cut]);
  const { status, body } = await call(url, app, { method: 'echo', params: 'still here' });
  if (status !== 200 || body.result !== 'still here') throw new Error(`After the silence: ${status}.`);
  cut.catch(() => {});
  socket.close();
}

interface Command {
  id: string;
  params: unknown;
}

async function pair(
  url: string,
  answer: (command: Command, send: (frame: unknown) => void) => Promise<void>,
) {
  const { relayUrl, relaySecret, accessCode } = await register(url);
  const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${relaySecret}` } });
  await once(socket, 'open');
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.type === 'req') void answer(frame, (reply) => socket.send(JSON.stringify(reply)));
  });
  return { socket, app: await redeem(url, accessCode) };
}

async function main(): Promise<void> {
  const here = Object.keys(proxies).filter(isInstalled);
  for (const name of Object.keys(proxies))
    if (!here.includes(name)) console.log(`${name}: not on this machine.`);
  if (here.length === 0) throw new Error('No proxy is on this machine.');
  await Promise.all(here.map(tryProxy));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
