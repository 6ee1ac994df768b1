#!/usr/bin/env node
/**
 * A runtime: registers, shows its code, keeps a socket to the relay and answers `agenttown.status` and `echo`.
 *
 *   node examples/runtime.mjs [server URL]        default http://127.0.0.1:8787
 *
 * AGENTTOWN_PAIRING_TOKEN is the server's registration token, where it has one. The identity is kept in
 * AGENTTOWN_RUNTIME_FILE when that is set, so that paired Apps stay paired after a restart.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { JSONRPCServer } from 'json-rpc-2.0';
import { WebSocket } from 'ws';

const server = process.argv[2] ?? process.env.AGENTTOWN_PAIRING_URL ?? 'http://127.0.0.1:8787';
const token = process.env.AGENTTOWN_PAIRING_TOKEN;
const file = process.env.AGENTTOWN_RUNTIME_FILE;

const rpc = new JSONRPCServer();
rpc.addMethod('agenttown.status', () => ({
  ok: true,
  runtime: 'example',
  uptimeSeconds: Math.round(process.uptime()),
}));
rpc.addMethod('echo', (params) => params ?? null);

const identity = await register();
console.log(`Code for the App: ${identity.accessCode} (until ${identity.accessCodeExpiresAt})`);

let current;
let failures = 0;
/** Commands taken so far: one that is heard of twice runs once. */
const taken = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
for (;;) {
  try {
    await connect();
    failures = 0;
  } catch (error) {
    failures += 1;
    console.error(`Not connected: ${error.message}`);
    // Twice as long each time up to 30 s, and never all runtimes at once.
    await sleep(Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
  }
}

/** Registers, with the kept identity if there is one. */
async function register() {
  const kept = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const response = await fetch(`${server}/api/relay/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({
      runtimeType: 'example',
      displayName: 'Example runtime',
      capabilities: ['agenttown.status', 'echo'],
      ...kept,
    }),
  });
  const body = await response.json();
  if (!response.ok) {
    console.error(`Registering failed: ${body.detail}`);
    process.exit(1);
  }
  const { gatewayId, relaySecret } = body;
  if (file) writeFileSync(file, JSON.stringify({ gatewayId, relaySecret }), { mode: 0o600 });
  return body;
}

/** Opens a socket, closes the one before, and resolves when a next one is due: on the relay's word, or on a close. */
function connect() {
  const socket = new WebSocket(identity.relayUrl, {
    headers: { authorization: `Bearer ${identity.relaySecret}` },
  });
  return new Promise((due, failed) => {
    let keepalive;
    let renewal;
    socket.on('open', () => {
      console.log('Connected.');
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'hello', method: 'relay.hello', params: {} }));
      // Commands go to the newest socket; the older one may still send what it was asked for.
      const older = current;
      current = socket;
      if (older) setTimeout(() => older.close(), 10_000);
    });
    socket.on('message', async (data) => {
      const frame = JSON.parse(String(data));
      if (frame.id === 'hello' && frame.result) {
        const { keepaliveMs, reconnectAfterMs } = frame.result;
        const ping = JSON.stringify({ jsonrpc: '2.0', method: 'relay.ping' });
        keepalive = setInterval(() => socket.send(ping), keepaliveMs);
        renewal = setTimeout(due, reconnectAfterMs * (0.9 + Math.random() / 10));
        // What was sent to a socket that broke is still owed.
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'pending', method: 'relay.pending', params: {} }));
      } else if (frame.id === 'pending' && frame.result) {
        await Promise.all(frame.result.calls.map((command) => take(socket, command)));
      } else if (frame.type === 'req') {
        await take(socket, frame);
      }
    });
    socket.on('close', (code) => {
      clearInterval(keepalive);
      clearTimeout(renewal);
      if (current === socket) {
        current = undefined;
        failed(new Error(`the socket closed with ${code}`));
      }
    });
    socket.on('error', failed);
  });
}

/** Runs a command, once, and answers it. */
async function take(socket, command) {
  if (taken.has(command.id)) return;
  taken.add(command.id);
  console.log(`Asked for ${command.method}.`);
  const answer = await rpc.receive(command);
  if (answer) socket.send(JSON.stringify(answer));
}
