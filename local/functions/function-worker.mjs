/**
 * One function's execution environment: a worker thread that imports the function's bundle and answers
 * invocations, standing in for Lambda's Node.js runtime. Plain JavaScript, so that a worker starts without a
 * transform.
 *
 * Messages in:  `{ type: 'invoke', id, event, requestId, timeoutMs, arn, streaming }`, `{ type: 'ack', id, bytes }`
 * Messages out: `{ type: 'ready' }`, `{ type: 'result', id, payload }`, `{ type: 'error', id, error }`,
 *               `{ type: 'chunk', id, data }`, `{ type: 'end', id }`, `{ type: 'log', text }`, and those of AWS calls
 * A streaming function sends its chunks, `end` with the end of its stream and `result` when its handler is done.
 * Events and results travel as JSON text, because that is what Lambda carries: what JSON drops is dropped here too.
 *
 * Without a gate one environment runs many invocations at once, unlike on AWS: module state is shared by all of them.
 * With one the thread stands still between its invocations, as Lambda freezes an environment: no timer goes off, no
 * socket is read, until the host opens the gate for the next.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { sendAwsCallsOver } from './aws-transport.mjs';
import { ResponseStream } from './response-stream.mjs';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_DELIMITER = new Uint8Array(8);

/** @type {NonNullable<typeof parentPort>} */
const port = parentPort;
/** @type {Int32Array | undefined} 0: the thread may freeze. */
const gate = workerData.gate && new Int32Array(workerData.gate);
/** @type {Map<number, ResponseStream>} */
const streams = new Map();

// A worker's own output streams lag behind its messages and lose what is in them when it is terminated. Sent as
// messages, every line stands before the result of its invocation, and none is lost.
for (const output of [process.stdout, process.stderr]) {
  output.write = (chunk, encoding, callback) => {
    port.postMessage({
      type: 'log',
      text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString(),
    });
    (typeof encoding === 'function' ? encoding : callback)?.();
    return true;
  };
}

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMING] = 'response';
    return handler;
  },
  HttpResponseStream: {
    from(stream, metadata) {
      stream.setContentType(PRELUDE_CONTENT_TYPE);
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(metadata));
        write(PRELUDE_DELIMITER);
      };
      return stream;
    },
  },
};

function describeError(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function importHandler() {
  const [, modulePath, exportName] = /^(.*)\.([^.]+)$/.exec(workerData.handler) ?? [];
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => path.join(workerData.directory, `${modulePath}${extension}`))
    .find((candidate) => existsSync(candidate));
  if (!file) {
    throw Object.assign(new Error(`Cannot find module '${modulePath}'`), {
      name: 'Runtime.ImportModuleError',
    });
  }
  const module = await import(pathToFileURL(file).href);
  const handler = module[exportName] ?? module.default?.[exportName];
  if (typeof handler !== 'function') {
    const message = `${workerData.handler} is undefined or not exported`;
    throw Object.assign(new Error(message), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function contextOf({ requestId, timeoutMs, arn }) {
  const deadlineMs = Date.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function runBuffered(handler, message) {
  // Promise.resolve: a handler that returns a plain value is as good as one that resolves to it.
  const result = await handler(JSON.parse(message.event), contextOf(message));
  port.postMessage({ type: 'result', id: message.id, payload: JSON.stringify(result ?? null) });
}

async function runStreaming(handler, message) {
  const stream = new ResponseStream(port, message.id);
  streams.set(message.id, stream);
  try {
    const ended = new Promise((resolve, reject) => stream.once('finish', resolve).once('error', reject)).then(
      () => port.postMessage({ type: 'end', id: message.id }),
    );
    // A handler may go on after the end of its stream; one that returns without ending it keeps the invocation open
    // until its timeout, as on AWS.
    await Promise.all([handler(JSON.parse(message.event), stream, contextOf(message)), ended]);
    port.postMessage({ type: 'result', id: message.id, payload: 'null' });
  } finally {
    streams.delete(message.id);
  }
}

async function runBufferedAsStream(handler, message) {
  const result = await handler(JSON.parse(message.event), contextOf(message));
  port.postMessage({ type: 'chunk', id: message.id, data: Buffer.from(JSON.stringify(result ?? null)) });
  port.postMessage({ type: 'end', id: message.id });
  port.postMessage({ type: 'result', id: message.id, payload: 'null' });
}

let isRunning = false;

/** Returns at once where the next invocation is on its way already. */
function freeze() {
  if (gate && !isRunning) Atomics.wait(gate, 0, 0);
}

const { AWS_ENDPOINT_URL: endpoint } = process.env;
const takeAwsMessage =
  workerData.awsByMessage && endpoint
    ? await sendAwsCallsOver(port, endpoint, workerData.awsInThread)
    : undefined;
const handlerLoaded = importHandler();
handlerLoaded.then(
  () => {
    port.postMessage({ type: 'ready' });
    freeze();
  },
  (error) => port.postMessage({ type: 'init-error', error: describeError(error) }),
);

port.on('message', async (message) => {
  if (message.type === 'ack') {
    streams.get(message.id)?.acknowledge(message.bytes);
    return;
  }
  if (message.type === 'aws-answer') {
    takeAwsMessage(message);
    return;
  }
  isRunning = true;
  if (gate) Atomics.store(gate, 0, 0);
  try {
    const handler = await handlerLoaded;
    if (handler[STREAMING]) await runStreaming(handler, message);
    else if (message.streaming) await runBufferedAsStream(handler, message);
    else await runBuffered(handler, message);
  } catch (error) {
    port.postMessage({ type: 'error', id: message.id, error: describeError(error) });
  }
  isRunning = false;
  freeze();
});
