#!/usr/bin/env node
/**
 * An App for the conformance kit: does what lines of JSON on its standard input say, and tells in the same way what came of it.
 * The contract stands in the kit's README. Whoever writes another App library writes one of these for it.
 *
 *   npx agenttown-conformance app --exec 'node examples/app-under-test.mjs'
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { open, pair } from 'agenttown-relay-client/app';
import { fileStore } from 'agenttown-relay-client/file-store';

/** Takes lines and says lines; `options` are the library's. Gives what ends it. */
export function drive({ url, file, isBrowser, options = {}, say }) {
  const store = fileStore(file);
  const running = new Map();
  let app;

  const use = (opened) => {
    app = opened;
    app.on('presence', ({ connected }) => say({ event: 'presence', connected }));
    app.on('unauthorized', () => say({ event: 'unauthorized' }));
    return { ways: ['socket', 'http'], browser: isBrowser };
  };
  /** Tells each step, and gives the result. */
  const told = async (n, stream) => {
    running.set(n, stream);
    for await (const step of stream) say({ n, step });
    return stream.result;
  };
  const things = {
    pair: async ({ code }) => use(await pair(url, code, { ...options, store })),
    open: async () => use(open(await store.load(), options)),
    watch: () => app.watch(),
    status: () => app.status(),
    unpair: () => app.unpair(),
    call: ({ n, method, params, id, timeoutMs }) => {
      const call = app.call(method, params, { id, timeoutMs });
      running.set(n, call);
      return call;
    },
    stream: ({ n, method, params, id, timeoutMs }) => told(n, app.stream(method, params, { id, timeoutMs })),
    follow: ({ n, id, afterSeq }) => told(n, app.follow(id, { afterSeq })),
    cancel: ({ of }) => running.get(of).cancel(),
  };
  return {
    async tell(line) {
      const asked = JSON.parse(line);
      try {
        say({ n: asked.n, result: (await things[asked.do](asked)) ?? null });
      } catch ({ message, code, retry, retryAfterMs, limitBytes, data }) {
        say({ n: asked.n, error: { message, code, retry, retryAfterMs, limitBytes, data } });
      }
    },
    end: () => app?.close(),
  };
}

/** A WebSocket as a browser has it: no headers. */
async function browserOptions() {
  const { WebSocket } = await import('ws');
  return {
    WebSocket: class {
      constructor(url) {
        const socket = new WebSocket(url);
        for (const name of ['onopen', 'onmessage', 'onclose', 'onerror'])
          Object.defineProperty(this, name, {
            set: (listener) => Object.assign(socket, { [name]: listener }),
          });
        Object.defineProperty(this, 'readyState', { get: () => socket.readyState });
        this.send = (text) => socket.send(text);
        this.close = (code) => socket.close(code);
      }
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { AGENTTOWN_PAIRING_URL: url, AGENTTOWN_APP_FILE: file, AGENTTOWN_APP_BROWSER } = process.env;
  const isBrowser = AGENTTOWN_APP_BROWSER === '1';
  const driver = drive({
    url,
    file,
    isBrowser,
    options: isBrowser ? await browserOptions() : {},
    say: (said) => console.log(JSON.stringify(said)),
  });
  createInterface({ input: process.stdin })
    .on('line', (line) => void driver.tell(line))
    .on('close', () => {
      driver.end();
      process.exit();
    });
}
