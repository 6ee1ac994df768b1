/** One WebSocket, whoever makes it: a browser, React Native, a worker, `ws`. */

/** What this library uses of a WebSocket. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
}

/** A WebSocket class. Those that take headers (`ws`, React Native) get them in a third argument, as both read it. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of four worlds, each with arguments of its own
export type WebSocketClass = new (url: string, ...more: any[]) => WebSocketLike;

let provided: (() => Promise<WebSocketClass>) | undefined;

/** Names the class to use where the caller gives none. The entries for Node.js bring theirs. */
export function provideWebSocket(load: () => Promise<WebSocketClass>): void {
  provided = load;
}

/** The class to use: the caller's, the entry's, or the world's own; undefined where there is none. */
export async function webSocketClass(given?: WebSocketClass): Promise<WebSocketClass | undefined> {
  return given ?? (await provided?.()) ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
}

/** Whether a class sends headers; browsers do not. */
export function takesHeaders(Class: WebSocketClass): boolean {
  return 'terminate' in Class.prototype || globalThis.navigator?.product === 'ReactNative';
}

/** Why a socket is no more. */
export interface Closed {
  /** Of WebSocket: 1006 where nothing was said. */
  code: number;
  /** The HTTP status of a refused handshake, where it can be known. */
  status?: number | undefined;
  /** False when it never opened. */
  opened: boolean;
}

/** Who is told what. */
export interface SocketListener {
  onOpen(): void;
  onText(text: string): void;
  /** Anything came: the other side lives. */
  onSign(): void;
  onClosed(closed: Closed): void;
}

/** A socket to use. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  /** A WebSocket ping, where the class has it. */
  ping?(): void;
}

interface PingingSocket extends WebSocketLike {
  ping(): void;
  terminate(): void;
  on(name: 'pong', listener: () => void): void;
}

/** Opens a socket. `onClosed` is called once, whatever happens; after `close` it does not wait for the other side. */
export function openSocket(
  Class: WebSocketClass,
  url: string,
  headers: Record<string, string>,
  listener: SocketListener,
): Socket {
  // `maxPayload`: API Gateway sends messages of 128 KiB at most.
  const options = { headers, perMessageDeflate: false, maxPayload: 1024 * 1024 };
  const socket = takesHeaders(Class) ? new Class(url, [], options) : new Class(url);
  let [opened, ended] = [false, false];
  let status: number | undefined;
  const end = (code: number) => {
    if (ended) return;
    ended = true;
    listener.onClosed({ code, opened, status });
  };
  socket.onopen = () => {
    if (ended) return;
    opened = true;
    listener.onOpen();
  };
  socket.onmessage = ({ data }: { data: unknown }) => {
    if (ended) return;
    listener.onSign();
    if (typeof data === 'string') listener.onText(data);
  };
  // `ws` says the handshake's status here; browsers say nothing, on purpose.
  socket.onerror = (event: { message?: string } | undefined) => {
    const said = /response: (\d{3})/.exec(event?.message ?? '')?.[1];
    if (said) status = Number(said);
  };
  let breaking: ReturnType<typeof setTimeout> | undefined;
  socket.onclose = ({ code }: { code?: number }) => {
    clearTimeout(breaking);
    end(code ?? 1006);
  };
  const pinging = 'ping' in socket && 'on' in socket ? (socket as PingingSocket) : undefined;
  pinging?.on('pong', () => listener.onSign());
  return {
    send: (text) => {
      if (socket.readyState === 1) socket.send(text);
    },
    close: (code = 1000) => {
      try {
        socket.close(code);
      } catch {}
      // A half-open socket would wait for an answer that never comes.
      if (pinging && !ended) breaking = setTimeout(() => pinging.terminate(), 1_000);
      end(code);
    },
    ...(pinging ? { ping: () => pinging.readyState === 1 && pinging.ping() } : {}),
  };
}
