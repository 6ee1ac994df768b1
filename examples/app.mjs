#!/usr/bin/env node
/**
 * An App: redeems the code that a runtime shows, then calls the runtime.
 *
 *   node examples/app.mjs AT-XXXX-XXXX-XXXX-XXXX [method] [params as JSON]      default: agenttown.status
 *
 * A code of sixteen characters seals the pairing: the server cannot read what is said. The first twelve alone pair unsealed.
 * AGENTTOWN_PAIRING_URL is the server, default http://127.0.0.1:8787. A code works once. With AGENTTOWN_APP_FILE set the
 * credentials are kept there (only for you to read), and `-` in place of the code calls with them.
 */
import { open, pair, RelayError } from 'agenttown-relay-client/app';
import { fileStore } from 'agenttown-relay-client/file-store';
import { sealApp } from 'agenttown-relay-client/sealed';

const server = process.env.AGENTTOWN_PAIRING_URL ?? 'http://127.0.0.1:8787';
const store = process.env.AGENTTOWN_APP_FILE ? fileStore(process.env.AGENTTOWN_APP_FILE) : undefined;
const [code, method = 'agenttown.status', params] = process.argv.slice(2);
if (!code || code === '--help') {
  console.log('Usage: node examples/app.mjs AT-XXXX-XXXX-XXXX-XXXX [method] [params as JSON]');
  process.exit(code ? 0 : 2);
}

try {
  const seal = sealApp();
  const app =
    code === '-'
      ? open(await store?.load(), { seal })
      : await pair(server, code, { label: 'Example App', store, seal });
  const { displayName, gatewayId, clientToken } = app.credentials;
  console.log(
    `Paired with ${displayName}, ${app.sealed ? `sealed: ${app.sealed.fingerprint}` : 'not sealed'}.`,
  );
  if (!store) console.log(`Gateway ${gatewayId}, client token ${clientToken}`);
  // Progress as it comes; the result at the end. An answer that is lost on the way is asked for again, and never runs twice.
  const call = app.stream(method, params && JSON.parse(params), { timeoutMs: 300_000 });
  for await (const step of call) console.log(`… ${JSON.stringify(step)}`);
  console.log(JSON.stringify(await call.result, null, 2));
  app.close();
} catch (error) {
  if (!(error instanceof RelayError)) throw error;
  const again = error.retry ? ` (try again: ${error.retry})` : '';
  console.error(`${error.name}: ${error.message}${again}`);
  process.exit(1);
}
