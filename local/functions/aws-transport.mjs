/**
 * Takes a function's AWS calls to the host by message instead of TCP. What stands in for `http.request` behaves as that
 * does with a kept connection, so that a function's agents and time-outs see what they would see: a connection is new, or
 * it served a call before, and only one that did can be reset or hang (disturbances of the host).
 *
 * What the AWS side has inside the thread answers first; the host answers what that leaves.
 *
 * Messages out: `{ type: 'aws', id, connection, method, path, headers, body }`, `{ type: 'aws-report', report }`
 * Messages in:  `{ type: 'aws-answer', id, answer }`; none for a call that hangs
 */
import { EventEmitter } from 'node:events';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

/** What a request shows as its socket: connected, and nothing that a time-out could be set on. */
class StandInSocket extends EventEmitter {
  connecting = false;
  bytesRead = 0;
  setTimeout() {
    return this;
  }
  setKeepAlive() {
    return this;
  }
  setNoDelay() {
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
}

/** As Node's ClientRequest, for one call of the host's AWS endpoint. */
class HostRequest extends EventEmitter {
  reusedSocket = false;
  destroyed = false;
  socket = new StandInSocket();
  #calls;
  #options;
  #id;
  #body = [];

  constructor(calls, options, onResponse) {
    super();
    this.#calls = calls;
    this.#options = options;
    if (onResponse) this.once('response', onResponse);
    // An agent may be wary of connections that it kept: it is told of this one as of any other.
    if (calls.hasKept(options.agent)) options.agent.reuseSocket?.(this.socket, this);
  }

  setTimeout() {
    return this;
  }

  write(chunk) {
    this.#body.push(chunk);
    return true;
  }

  end(chunk) {
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.#body.push(chunk);
    const { method, path, headers, agent } = this.#options;
    const connection = this.reusedSocket ? 'used' : 'new';
    const body = Buffer.concat(this.#body.map((one) => Buffer.from(one)));
    const request = { connection, method, path: path.split('?')[0], headers: { ...headers }, body };
    this.#id = this.#calls.begin(this, request);
    this.#calls.keep(agent);
    return this;
  }

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#calls.forget(this.#id, this.#options.agent);
    queueMicrotask(() => {
      if (error) this.emit('error', error);
      this.emit('close');
    });
    return this;
  }

  abort() {
    this.destroy();
  }

  answer({ status, headers, body }) {
    const response = new Readable({
      read() {
        if (body) this.push(body);
        this.push(null);
      },
    });
    Object.assign(response, { statusCode: status, statusMessage: '', headers });
    this.emit('response', response);
    this.emit('close');
  }

  reset() {
    this.destroy(
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' }),
    );
  }
}

/**
 * From now on requests to `endpoint` travel over `port`; all others go where they went. Returns what takes the host's
 * messages. To be called before anything imports `http`'s functions by name.
 */
export async function sendAwsCallsOver(port, endpoint, inThread) {
  const answerHere = inThread
    ? (await import(inThread.module)).callsInThread(inThread.facts, (report) =>
        port.postMessage({ type: 'aws-report', report }),
      )
    : () => undefined;
  const { hostname, port: endpointPort } = new URL(endpoint);
  const pending = new Map();
  const kept = new WeakSet();
  let nextId = 1;
  const calls = {
    hasKept: (agent) => typeof agent === 'object' && kept.has(agent),
    keep: (agent) => typeof agent === 'object' && kept.add(agent),
    begin: (request, message) => {
      const id = nextId++;
      pending.set(id, request);
      const here = answerHere(message);
      if (here)
        here.then(
          (answer) => settle(id, answer),
          (error) => request.destroy(error),
        );
      else port.postMessage({ type: 'aws', id, ...message });
      return id;
    },
    // A connection that failed is not used again.
    forget: (id, agent) => {
      pending.delete(id);
      if (typeof agent === 'object') kept.delete(agent);
    },
  };
  const settle = (id, answer) => {
    const request = pending.get(id);
    pending.delete(id);
    if (answer === 'reset') request?.reset();
    else request?.answer(answer);
  };
  const overTheNetwork = http.request;
  http.request = (...args) => {
    const [options, onResponse] = args;
    const isOurs = options?.host === hostname && String(options.port) === endpointPort;
    return isOurs ? new HostRequest(calls, options, onResponse) : overTheNetwork(...args);
  };
  syncBuiltinESMExports();
  return ({ id, answer }) => settle(id, answer);
}
