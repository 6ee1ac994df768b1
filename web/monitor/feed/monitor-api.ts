import { type MonitorEvent, readMonitorEvent } from '../model/monitor-event';
import type { EventPage } from './gap';

/** The server refuses this viewer: no retry will help until somebody changes something. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  /** `status` is 401 (who are you?) or 403 (not you); the message is the server's explanation. */
  constructor(
    readonly status: 401 | 403,
    detail: string,
  ) {
    super(detail);
  }
}

/** The server cannot answer now. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** An open viewer's socket: its text frames until it closes. */
export interface ViewerSocket {
  readonly messages: ReadableStream<string>;
  send(text: string): void;
}

/** The monitor's routes, for one viewer. */
export interface MonitorApi {
  fetchPage(before?: string): Promise<EventPage>;
  /** Opens the live stream after an event; the promise settles when the server has accepted. */
  openStream(afterId: string | undefined, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Takes a ticket and opens a socket with it; rejects when the socket does not open in time. */
  openSocket(signal: AbortSignal): Promise<ViewerSocket>;
  /** The server's idea of the time, in milliseconds since 1970; the viewer's clock may be wrong. */
  nowMs(): number;
}

const PAGE_SIZE = 500;
/** A socket that is not open by then is taken for blocked. */
const OPEN_MS = 6_000;
/** `Date` has whole seconds and the answer takes a while: a smaller difference is not one. */
const MIN_SKEW_MS = 5000;

/**
 * Speaks to the monitor relative to `pageUrl`, so that it works below any stage or path. The token travels in
 * the `Authorization` header only; without one nothing is sent and the server decides.
 */
export function createMonitorApi(pageUrl: string, token: string | undefined): MonitorApi {
  let skewMs = 0;
  const send = async (path: string, init: RequestInit, extra: Record<string, string> = {}) => {
    const headers = { ...extra, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    let response: Response;
    try {
      response = await fetch(new URL(path, pageUrl), {
        ...init,
        headers,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Unavailable('The server cannot be reached.');
    }
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(dateMs)) skewMs = Math.abs(dateMs - Date.now()) > MIN_SKEW_MS ? dateMs - Date.now() : 0;
    if (!response.ok) throw await failureOf(response);
    return response;
  };
  return {
    async fetchPage(before) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(before ? { before } : {}) });
      const response = await send(`api/monitor/events?${query}`, {});
      return readPage(await response.json().catch(() => undefined));
    },
    async openStream(afterId, signal) {
      const response = await send(
        'api/monitor/stream',
        { signal },
        { accept: 'text/event-stream', ...(afterId ? { 'last-event-id': afterId } : {}) },
      );
      if (!response.body) throw new Unavailable('The server sent no stream.');
      return response.body;
    },
    async openSocket(signal) {
      const response = await send('api/monitor/tickets', { method: 'POST', body: '{}', signal });
      const { url } = ((await response.json().catch(() => ({}))) ?? {}) as { url?: unknown };
      if (typeof url !== 'string' || !/^wss?:/.test(url)) throw new Unavailable('The server has no socket.');
      return await openedSocket(url, signal);
    },
    nowMs: () => Date.now() + skewMs,
  };
}

function openedSocket(url: string, signal: AbortSignal): Promise<ViewerSocket> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new Unavailable('No socket gets through.'));
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      // The page's policy may forbid it, or the URL may be none.
      return refuse();
    }
    const messages = new ReadableStream<string>({
      start(controller) {
        let isOver = false;
        const end = () => {
          if (!isOver) controller.close();
          isOver = true;
          refuse();
        };
        socket.addEventListener('message', ({ data }) => {
          if (!isOver && typeof data === 'string') controller.enqueue(data);
        });
        socket.addEventListener('close', end);
        signal.addEventListener('abort', end);
      },
    });
    const timer = setTimeout(() => socket.close(), OPEN_MS);
    signal.addEventListener('abort', () => socket.close());
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve({ messages, send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text) });
    });
  });
}

async function failureOf(response: Response): Promise<Error> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown; title?: unknown } | null;
  const detail = [problem?.detail, problem?.title].find((text) => typeof text === 'string' && text !== '');
  const { status } = response;
  if (status === 401 || status === 403) return new AccessDenied(status, String(detail ?? ''));
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new Unavailable(
    String(detail ?? `The server answered with status ${status}.`),
    Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  );
}

function readPage(body: unknown): EventPage {
  const { events, nextBefore } = (body ?? {}) as { events?: unknown; nextBefore?: unknown };
  if (!Array.isArray(events)) throw new Unavailable('The server answered with something else than events.');
  const read = events.map(readMonitorEvent).filter((event): event is MonitorEvent => event !== undefined);
  return { events: read, ...(typeof nextBefore === 'string' ? { nextBefore } : {}) };
}
