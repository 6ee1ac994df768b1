/**
 * The two ways of an App to call: by HTTP, and on its socket. Both give what HTTP gives, so that one suite holds them to the same
 * table of outcomes.
 */
import { type Answer, call, type Paired, type RequestOptions, request } from './api';
import { type Frame, TestRuntime } from './runtime';

/** The ways, by which suites are run. */
export const ways = ['http', 'socket'] as const;
export type Way = (typeof ways)[number];

/** API Gateway takes frames of 32 KiB. */
const pieceBytes = 30_000;

/** The socket of each App that has called on one. */
const sockets = new Map<string, Promise<TestRuntime>>();
let serial = 0;

/** Calls the runtime. `more` is for the way that can: headers and a signal by HTTP, a signal on a socket. */
export function callBy(
  way: Way,
  base: string,
  app: Paired,
  body: Record<string, unknown>,
  more: RequestOptions = {},
): Promise<Answer> {
  return way === 'http' ? call(base, app, body, more) : callOnSocket(base, app, body, more.signal);
}

/** The App's socket, opened when it is first needed. */
export function socketOf(app: Paired): Promise<TestRuntime> {
  const open = sockets.get(app.clientToken) ?? TestRuntime.connectApp(app);
  sockets.set(app.clientToken, open);
  open.catch(() => sockets.delete(app.clientToken));
  return open;
}

/** Closes the sockets of all Apps: each test file does when it is done. */
export async function hangUp(): Promise<void> {
  const open = await Promise.all(sockets.values());
  sockets.clear();
  await Promise.all(open.map((socket) => socket.close()));
}

/** As a good library does: whoever loses its socket goes on with the call on the next one. */
async function callOnSocket(
  base: string,
  app: Paired,
  { method, params, ...given }: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Answer> {
  const id = `app-${++serial}`;
  const meta = { id: `call-${serial}`, ...given };
  const requestFrame = { jsonrpc: '2.0', id, method, params, meta };
  for (let resumes = false; ; resumes = true) {
    const socket = await socketOf(app);
    signal?.throwIfAborted();
    const giveUp = () => {
      sockets.delete(app.clientToken);
      socket.socket.terminate();
    };
    signal?.addEventListener('abort', giveUp);
    try {
      if (!resumes || !(await goOn(socket, meta.id))) send(socket, requestFrame);
      const frame = await socket.frame((each) => each.type === 'res' && [id, meta.id].includes(each.id));
      const { data } = frame.error ?? {};
      // An answer too large for a socket is fetched.
      if (data?.code !== 'payload_too_large' || data.outcome || !data.id) return answerOf(frame);
      return await request(base, `GET /api/relay/rpc/${data.id}`, { credential: app.clientToken });
    } catch (error) {
      if (signal?.aborted) throw error;
      if ((await sockets.get(app.clientToken)) === socket) sockets.delete(app.clientToken);
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }
}

async function goOn(socket: TestRuntime, id: unknown): Promise<boolean> {
  const { result } = await socket.ask('relay.resume', { calls: [{ id }] });
  return result.calls[0].status !== 'unknown';
}

function send(socket: TestRuntime, frame: Frame): void {
  const text = JSON.stringify(frame);
  for (let at = 0; at < text.length; at += pieceBytes)
    socket.socket.send(text.slice(at, at + pieceBytes), { fin: at + pieceBytes >= text.length });
}

/** What HTTP would have given for an answer on a socket. */
function answerOf({ ok, result, error, meta }: Frame): Answer {
  if (!meta) {
    const { data } = error;
    const told = { 'x-request-id': data.requestId, 'x-call-outcome': data.outcome ?? '' };
    return { status: data.status, headers: new Headers(told), body: data };
  }
  const { id, outcome, durationMs } = meta;
  const said = ok ? { ok, result } : { ok, error };
  return {
    status: 200,
    headers: new Headers({ 'x-call-outcome': outcome }),
    body: { id, ...said, durationMs },
  };
}
