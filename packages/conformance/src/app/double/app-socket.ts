/** The relay's end of an App's socket. */
import { WebSocket } from 'ws';
import { parsed } from '../../wire/parsed';
import type { Frame } from '../../wire/peer';
import type { CallOfDouble, End } from './call-of-double';
import { problemOf } from './refusals';
import type { ServerDouble } from './server-double';

/** One socket. */
export class AppSocket {
  /** Every frame of the App, as it came, and when each did. */
  readonly frames: Frame[] = [];
  /** Those that were open when it was. */
  readonly openedBeside: readonly AppSocket[];
  hasBinary = false;
  largestBytes = 0;
  /** What is heard is not answered any more, as behind a network that is gone. */
  isDeaf = false;

  constructor(
    readonly socket: WebSocket,
    private readonly server: ServerDouble,
  ) {
    this.openedBeside = server.sockets.filter(({ isOpen }) => isOpen);
    socket.on('message', (data, isBinary) => this.receive(String(data), isBinary));
    socket.on('error', () => {});
    socket.on('close', () => server.happened());
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** The requests of one method so far. */
  readonly asked = (method: string): Frame[] => this.frames.filter((frame) => frame?.method === method);

  /** Requests that are calls. */
  calls(): Frame[] {
    return this.frames.filter((frame) => frame?.method && !String(frame.method).startsWith('relay.'));
  }

  /** Sends a frame. */
  send(frame: object): void {
    if (!this.isDeaf && this.isOpen) this.socket.send(JSON.stringify(frame));
  }

  /** An event of the relay. */
  event(event: string, params: object): void {
    this.send({ jsonrpc: '2.0', type: 'event', event, method: event, params });
  }

  /** Closes as the server does: the word first, then API Gateway's code. */
  closeWith(code: number, reason: string): void {
    this.event('relay.closing', { code, reason });
    this.socket.close(1000);
  }

  /** Stops listening without closing. */
  goDeaf(): void {
    this.isDeaf = true;
    // Nothing is read any more, so no ping is answered either.
    this.socket.pause();
  }

  private receive(text: string, isBinary: boolean): void {
    this.hasBinary ||= isBinary;
    this.largestBytes = Math.max(this.largestBytes, Buffer.byteLength(text));
    const frame = parsed(text);
    this.frames.push(frame);
    this.server.happened();
    if (this.isDeaf || typeof frame !== 'object' || frame === null) return;
    if (this.server.weather.lostFrames?.(frame)) return;
    const { id, method, params } = frame;
    if (frame.type === 'ping') this.send({ type: 'pong' });
    else if (method === 'relay.hello') this.answer(id, this.server.policy());
    else if (method === 'relay.ping') this.answer(id, { time: new Date().toISOString() });
    else if (method === 'relay.cancel') this.cancel(id, String(params?.id));
    else if (method === 'relay.resume') this.resume(id, params?.calls);
    else if (String(method).startsWith('relay.'))
      this.send({ jsonrpc: '2.0', type: 'res', id, ok: false, error: { code: -32601, message: 'No.' } });
    else this.open(frame);
  }

  private open({ id, method, params, meta }: Frame): void {
    const { server } = this;
    const refused = server.weather.refusedCalls?.shift();
    const call = refused
      ? { problem: problemOf(refused.code, { id: meta?.id, ...refused.details }) }
      : server.calls.open({ id: meta?.id, method, params, timeoutMs: meta?.timeoutMs });
    if ('runs' in call) this.follow(call, id);
    else this.end(id, meta?.id, call);
  }

  private follow(call: CallOfDouble, id: unknown, afterSeq = -1): void {
    const onStep = (step: object) => this.event('relay.progress', { id, ...step });
    call.hear({ onStep, onEnd: (end) => this.end(id, call.id, end) }, afterSeq);
  }

  private end(id: unknown, callId: string, end: End): void {
    const limitBytes = this.server.weather.answersOverBytes;
    if (limitBytes !== undefined && JSON.stringify(end).length > limitBytes) {
      const problem = problemOf('payload_too_large', { id: callId, limitBytes });
      const error = { code: problem.code, message: problem.detail, data: problem };
      this.send({ jsonrpc: '2.0', type: 'res', id, ok: false, error, meta: { id: callId } });
      return;
    }
    const answer =
      'problem' in end
        ? { ok: false, error: { code: end.problem.code, message: end.problem.detail, data: end.problem } }
        : end;
    const meta = { id: callId, outcome: outcomeOf(end), durationMs: 1 };
    this.send({ jsonrpc: '2.0', type: 'res', id, ...answer, meta });
  }

  private cancel(id: unknown, of: string): void {
    const meant = this.calls().find((frame) => frame.id === of)?.meta?.id ?? of;
    const call = this.server.calls.byId(meant);
    this.answer(id, { id: of, outcome: 'cancelled' });
    if (call) this.server.calls.cancel(call);
  }

  private resume(id: unknown, wanted: Array<{ id: string; afterSeq?: number }> | undefined): void {
    const { calls } = this.server;
    const running = calls.all.filter(({ end }) => end === undefined).map((call) => ({ id: call.id }));
    const found = (wanted ?? running).map((each: { id: string; afterSeq?: number }) => ({
      ...each,
      call: calls.byId(each.id),
    }));
    const status = (call: CallOfDouble | undefined) =>
      call === undefined ? 'unknown' : call.end ? 'ended' : 'running';
    this.answer(id, { calls: found.map((each) => ({ id: each.id, status: status(each.call) })) });
    for (const { call, afterSeq } of found) if (call) this.follow(call, call.id, afterSeq);
  }

  private answer(id: unknown, result: object): void {
    this.send({ jsonrpc: '2.0', type: 'res', id, ok: true, result });
  }
}

function outcomeOf(end: End): string | undefined {
  if ('problem' in end) return end.problem.outcome;
  return end.ok ? 'answered' : 'runtime-error';
}
