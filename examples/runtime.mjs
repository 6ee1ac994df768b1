#!/usr/bin/env node
/**
 * A runtime: registers, shows its code, stays connected and answers `agenttown.status`, `echo` and `count`.
 *
 *   node examples/runtime.mjs [server URL]        default http://127.0.0.1:8787
 *
 * AGENTTOWN_PAIRING_TOKEN is the server's registration token, where it has one. The identity is kept in
 * AGENTTOWN_RUNTIME_FILE when that is set, and who sealed its pairing beside it, so that paired Apps stay paired after a restart.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileStore } from 'agenttown-relay-client/file-store';
import { connect, MethodError, RelayError, register } from 'agenttown-relay-client/runtime';
import { SealedRuntime } from 'agenttown-relay-client/sealed';

const server = process.argv[2] ?? process.env.AGENTTOWN_PAIRING_URL ?? 'http://127.0.0.1:8787';
const file = process.env.AGENTTOWN_RUNTIME_FILE;

/** What an App and this runtime say to each other, no server reads. */
const seal = new SealedRuntime({ clients: keptBeside('sealed-clients'), codes: keptBeside('sealed-codes') });

function keptBeside(name) {
  if (file) return fileStore(`${file}.${name}`);
  let kept;
  const save = (value) => {
    kept = value;
  };
  return { load: () => kept, save, clear: () => save(undefined) };
}

const methods = {
  'agenttown.status': () => ({ ok: true, runtime: 'example', uptimeSeconds: Math.round(process.uptime()) }),
  echo: (params) => params,
  /** Counts to `to` a second at a time, as an agent would report its steps; stops when nobody wants it any more. */
  count: async (params, { progress, signal }) => {
    const { to } = params ?? {};
    if (!(to >= 1 && to <= 100)) throw new MethodError('params.to must be 1 to 100', -32602);
    for (let n = 1; n <= to; n++) {
      progress({ n });
      if (n < to) await pause(1_000, undefined, { signal });
    }
    return { counted: to };
  },
};

async function registerHere() {
  const identity = await register(server, {
    runtimeType: 'example',
    displayName: 'Example runtime',
    capabilities: Object.keys(methods),
    token: process.env.AGENTTOWN_PAIRING_TOKEN,
    store: file ? fileStore(file) : undefined,
    // A server that forgot this runtime gets it anew; the Apps need a new code then.
    ifLost: 'register-anew',
    onNotKept: (error) => console.error(`The identity could not be kept: ${error.message}`),
  });
  const code = await seal.show(identity.accessCode);
  console.log(`Code for the App: ${code} (until ${identity.accessCodeExpiresAt})`);
  console.log(`With the App of this server: ${server.replace(/\/+$/, '')}/app#${code}`);
  return identity;
}

const told = Object.fromEntries(
  Object.entries(methods).map(([name, method]) => [
    name,
    (params, context) => {
      console.log(`Asked for ${name}.`);
      return method(params, context);
    },
  ]),
);

try {
  const runtime = connect(await registerHere(), { methods: told, seal, onIdentityLost: registerHere });
  runtime.on('state', (state) => console.log(`${state[0].toUpperCase()}${state.slice(1)}.`));
  runtime.on('seal', ({ what, fingerprint = '' }) => console.log(`Seal: ${what} ${fingerprint}`.trim()));
  runtime.on('warning', (error) => console.error(error instanceof Error ? error.message : error));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => runtime.close());
  if (await runtime.ended) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof RelayError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
