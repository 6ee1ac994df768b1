/**
 * Lambda's Node.js runtime as far as it matters to a streamed answer: the stream is a chunked request to the runtime API,
 * the prelude goes before the first write, nobody awaits the promises of the request while the handler runs, and an
 * unhandled rejection ends the process with 128. `node lambda-runtime.mjs <bundle> <resource> <writes>` runs the bundle's
 * handler once; the connection breaks at its `writes`th write (0: never). What was written goes to standard output as JSON.
 */
import { request } from 'node:http';
import { Duplex } from 'node:stream';

const [, , bundle, resource, breaksAt] = process.argv;
const writes = [];

const socket = new Duplex({
  read() {},
  write(chunk, _encoding, done) {
    record([chunk], done);
  },
  writev(chunks, done) {
    record(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  },
});

function record(chunks, done) {
  writes.push(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))).toString('latin1'));
  done(writes.length === Number(breaksAt) ? new Error('The connection broke.') : undefined);
}

process.on('unhandledRejection', () => process.exit(128));

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    from(stream, prelude) {
      stream.beforeFirstWrite = (write) => {
        write(JSON.stringify(prelude));
        write(new Uint8Array(8));
      };
      return stream;
    },
  },
};

const stream = request({
  method: 'POST',
  headers: { 'transfer-encoding': 'chunked' },
  createConnection: () => socket,
});
// `headersDone` and `responseDone` of the runtime.
for (let n = 0; n < 2; n++) new Promise((_, reject) => stream.on('error', reject));
const { write } = stream;
stream.write = (...chunk) => {
  stream.beforeFirstWrite?.((part) => write.call(stream, part));
  stream.beforeFirstWrite = undefined;
  return write.apply(stream, chunk);
};

const { handler } = await import(bundle);
const headers = { host: 'localhost' };
const event = { httpMethod: 'GET', resource, headers, requestContext: { requestId: 'request-1' } };
await handler(event, stream, {});
process.stdout.write(`${JSON.stringify({ writes })}\n`);
process.exit(0);
