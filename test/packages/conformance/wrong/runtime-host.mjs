/** Hosts runtimes that are wrong in one thing, as messages of the process ask. */
import { setTimeout as pause } from 'node:timers/promises';
import { fileStore } from 'agenttown-relay-client/file-store';
import { connect, MethodError, register } from 'agenttown-relay-client/runtime';
import { WebSocket } from 'ws';
import { runtimeFaults } from './runtime-faults.mjs';

const running = new Map();

process.on('message', ({ runtime, fault, start, end }) => {
  if (start) {
    const own = startRuntime(runtimeFaults[fault] ?? {}, start);
    running.set(runtime, own);
    own.ended.then(() => process.send({ runtime }));
  }
  if (end) running.get(runtime)?.end();
});
process.on('disconnect', () => process.exit());
process.on('unhandledRejection', () => {});

const work = {
  echo: (params) => params,
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

function startRuntime(fault, environment) {
  const {
    AGENTTOWN_PAIRING_URL: url,
    AGENTTOWN_PAIRING_TOKEN: token,
    AGENTTOWN_RUNTIME_FILE: file,
  } = environment;
  const state = { opened: 0 };
  let tell = () => {};
  const ended = new Promise((resolve) => {
    tell = resolve;
  });
  let runtime;
  const die = () => {
    runtime?.close();
    tell();
  };
  const send = (to, init) => fetch(to, init);
  const options = {
    fetch: async (to, init = {}) =>
      fault.fetch ? fault.fetch(String(to), init, send, { state }) : send(to, init),
  };
  const registering = () =>
    register(url, {
      runtimeType: 'wrong',
      displayName: 'Wrong runtime',
      token,
      store: fileStore(file),
      ifLost: 'register-anew',
      ...options,
      ...fault.registering,
    });
  const anew = () => register(url, { runtimeType: 'wrong', token });
  void (async () => {
    if (fault.registersTwice) await anew();
    const identity = await registering();
    state.identity = identity;
    runtime = connect(identity, {
      ...options,
      methods: work,
      WebSocket: socketClass(fault, { state, die, anew }),
      times: fault.times ?? {},
      onIdentityLost: registering,
    });
    await runtime.ended;
    tell();
  })().catch(tell);
  return { ended, end: die };
}

function socketClass(fault, { state, die, anew }) {
  return class extends WebSocket {
    constructor(url, protocols, options) {
      const n = state.opened++;
      const isRefused = fault.opens && !fault.opens(n);
      super(isRefused ? 'ws://127.0.0.1:9' : (fault.socketUrl?.(url) ?? url), protocols, options);
      for (let more = 1; n === 0 && more < (fault.atOnce ?? 1); more++)
        new WebSocket(url, protocols, options).on('error', () => {});
      this.on('error', ({ message }) => {
        if (message.startsWith('Unexpected server response')) fault.onRefused?.({ anew });
      });
    }
    send(text) {
      const frame = JSON.parse(text);
      const raw = (each) => super.send(JSON.stringify(each));
      for (const each of fault.up?.(frame, { state, raw }) ?? [frame])
        super.send(fault.isBinary ? Buffer.from(JSON.stringify(each)) : JSON.stringify(each));
    }
    set onmessage(listener) {
      const raw = (each) => super.send(JSON.stringify(each));
      const run = ({ id, method, params }) => {
        const progress = (data) =>
          raw({ jsonrpc: '2.0', method: 'relay.progress', params: { id, seq: 0, data } });
        const signal = new AbortController().signal;
        Promise.resolve(work[method](params, { progress, signal })).then((result) =>
          raw({ jsonrpc: '2.0', id, result }),
        );
      };
      super.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        for (const each of fault.down?.(frame, { state, die, run, close: () => this.terminate() }) ?? [frame])
          listener({ data: JSON.stringify(each) });
      };
    }
  };
}
