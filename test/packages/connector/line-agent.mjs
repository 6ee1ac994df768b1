/** A stand-in for an agent that is a command: JSON-RPC, a line for each message. It can misbehave. */
import { createInterface } from 'node:readline';

const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
const held = new Set();
console.log('This line is for people.');
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  switch (method) {
    case 'chat.send':
      for (const text of ['thin', 'king']) say({ method: 'progress', params: { id, data: { text } } });
      say({ id, result: { said: params.message } });
      break;
    case 'twice':
      say({ id, result: 'first' });
      say({ id, result: 'second' });
      break;
    case 'fails':
      say({ id, error: { code: -7, message: 'no', data: { why: 1 } } });
      break;
    case 'large':
      say({ id, result: 'x'.repeat(3_000_000) });
      break;
    case 'hold':
      held.add(id);
      say({ method: 'progress', params: { id, data: 'holding' } });
      break;
    case 'cancel':
      if (held.delete(params.id)) console.error(`cancelled ${params.id}`);
      say({ method: 'progress', params: { id: params.id, data: 'late' } });
      break;
    case 'dies':
      process.exit(3);
  }
});
