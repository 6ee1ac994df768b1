/** An agent that is a command and has the methods of the kit's contract: JSON-RPC, a line for each message. */
import { createInterface } from 'node:readline';

const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
const timers = new Map();
const fail = (id, code, message) => say({ id, error: { code, message } });

function count(id, to, n = 1) {
  say({ method: 'progress', params: { id, data: { n } } });
  if (n === to) say({ id, result: { counted: to } });
  else timers.set(id, setTimeout(count, 1_000, id, to, n + 1));
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'cancel') clearTimeout(timers.get(params.id));
  else if (method === 'echo') say({ id, result: params ?? null });
  else if (method !== 'count') fail(id, -32601, 'There is no such method.');
  else if (!(params?.to >= 1)) fail(id, -32602, 'params.to must be 1 or more');
  else count(id, params.to);
});
