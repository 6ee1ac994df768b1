#!/usr/bin/env node
/**
 * An App: redeems the code that a runtime shows, then calls the runtime.
 *
 *   node examples/app.mjs AT-XXXX-XXXX-XXXX [method] [params as JSON]      default: agenttown.status
 *
 * AGENTTOWN_PAIRING_URL is the server, default http://127.0.0.1:8787. A code works once: to call again, set
 * AGENTTOWN_CLIENT_TOKEN to the token that the first run printed, and give the gateway id in place of the code.
 */
const server = process.env.AGENTTOWN_PAIRING_URL ?? 'http://127.0.0.1:8787';
const [code, method = 'agenttown.status', params] = process.argv.slice(2);
if (!code || code === '--help') {
  console.log('Usage: node examples/app.mjs AT-XXXX-XXXX-XXXX [method] [params as JSON]');
  process.exit(code ? 0 : 2);
}

const paired = process.env.AGENTTOWN_CLIENT_TOKEN
  ? { gatewayId: code, clientToken: process.env.AGENTTOWN_CLIENT_TOKEN }
  : await redeem();
// One id per intention: sent again after a lost answer, it never runs twice.
const id = crypto.randomUUID();
const answer = await post(
  '/api/relay/rpc',
  { gatewayId: paired.gatewayId, method, id, ...(params ? { params: JSON.parse(params) } : {}) },
  paired.clientToken,
);
console.log(JSON.stringify(answer, null, 2));
if (!answer.ok) process.exitCode = 1;

async function redeem() {
  const redeemed = await post('/api/relay/redeem', { accessCode: code, label: 'Example App' });
  console.log(`Paired with ${redeemed.displayName} (${redeemed.connected ? 'connected' : 'not connected'}).`);
  console.log(`Gateway ${redeemed.gatewayId}, client token ${redeemed.clientToken}`);
  return redeemed;
}

async function post(path, body, credential) {
  const response = await fetch(server + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(credential ? { authorization: `Bearer ${credential}` } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  console.error(`${answer.title}: ${answer.detail} (request ${answer.requestId})`);
  process.exit(1);
}
