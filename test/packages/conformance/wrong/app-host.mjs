/** Hosts Apps that are wrong in one thing, with the kit's lines as messages of the process. */
import { WebSocket } from 'ws';
import { drive } from '../../../../examples/app-under-test.mjs';
import { appFaults } from './app-faults.mjs';

const apps = new Map();

process.on('message', ({ app, fault, start, line, end }) => {
  if (start) apps.set(app, startApp(app, appFaults[fault], start));
  if (line) void apps.get(app)?.tell(line);
  if (end) {
    apps.get(app)?.end();
    apps.delete(app);
  }
});
process.on('disconnect', () => process.exit());
process.on('unhandledRejection', () => {});

function startApp(app, fault, environment) {
  const state = {};
  let isDead = false;
  const die = () => {
    isDead = true;
  };
  fault.begin?.(state);
  const { AGENTTOWN_PAIRING_URL: url, AGENTTOWN_APP_FILE: file, AGENTTOWN_APP_BROWSER } = environment;
  const say = (said) => {
    if (isDead) return;
    for (const each of fault.said?.(said, { file }) ?? [said])
      process.send({ app, line: JSON.stringify(each) });
  };
  const send = (to, init) => fetch(to, init);
  const options = {
    WebSocket: socketClass(fault, { state, die }, AGENTTOWN_APP_BROWSER === '1'),
    fetch: async (to, init = {}) =>
      fault.fetch ? fault.fetch(String(to), init, send, state) : send(to, init),
    times: { patienceMs: 3_000, ...fault.times },
  };
  const driver = drive({ url, file, isBrowser: AGENTTOWN_APP_BROWSER === '1', options, say });
  return {
    tell: (line) => driver.tell(fault.asked ? JSON.stringify(fault.asked(JSON.parse(line), { file })) : line),
    end: () => driver.end(),
  };
}

/** `ws`, or what a browser has, with the fault in it. */
function socketClass(fault, { state, die }, isBrowser) {
  let open = 0;
  let last;
  class Wrong extends WebSocket {
    constructor(url, protocols, options) {
      const token = options?.headers?.authorization?.slice(7);
      super(fault.socketUrl?.(url, token, state) ?? url, protocols ?? [], options ?? {});
      if (fault.closesFirst) last?.terminate();
      if (fault.opensOnce && open++ > 0) this.close();
      last = this;
      this.more = fault.opensMore && (() => new WebSocket(url, [], options).on('error', () => {}));
    }
    send(text) {
      const frame = JSON.parse(text);
      if (typeof frame.method === 'string' && !frame.method.startsWith('relay.')) this.more?.();
      for (const each of fault.up?.(frame) ?? [frame])
        super.send(fault.isBinary ? Buffer.from(JSON.stringify(each)) : JSON.stringify(each));
    }
    set onmessage(listener) {
      const way = {
        state,
        die,
        close: () => this.terminate(),
        sendUp: (frame) => super.send(JSON.stringify(frame)),
      };
      super.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        for (const each of fault.down?.(frame, way) ?? [frame]) listener({ data: JSON.stringify(each) });
      };
    }
  }
  if (!isBrowser) return Wrong;
  return class {
    constructor(url) {
      const socket = new Wrong(url);
      for (const name of ['onopen', 'onmessage', 'onclose', 'onerror'])
        Object.defineProperty(this, name, { set: (listener) => Object.assign(socket, { [name]: listener }) });
      Object.defineProperty(this, 'readyState', { get: () => socket.readyState });
      this.send = (text) => socket.send(text);
      this.close = (code) => socket.close(code);
    }
  };
}
