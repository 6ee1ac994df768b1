/**
 * An App's socket: any JSON-RPC request on it is a call to the gateway's runtime, answered here with the App's own id.
 * The function that took the request waits for the end as the HTTP route does, so a call on a socket has the same
 * outcomes; only its timeout is bounded by what API Gateway gives a frame.
 *
 *   from the App   request    { jsonrpc, id, method, params?, meta?: { id?, timeoutMs?, traceparent? } }
 *                  own        relay.ping, relay.hello, relay.cancel { id }
 *   to the App     answer     { jsonrpc, type: "res", id, ok, result | error, meta: { id, outcome?, durationMs? } }
 *                  event      relay.progress { id, seq, data }, relay.presence { connected, … }
 */
import { answerOf } from '../answer/call-answer';
import type { CallWorld } from '../call/deliver-call';
import { cancelCall } from '../call/end-call';
import { readOwnCall } from '../call/own-call';
import { Places } from '../call/places';
import { type CallParts, prepareCall } from '../call/prepare-call';
import { finishCall, startCall } from '../call/run-call';
import { type CallEnd, digestOf, type Progress } from '../call/states';
import type { ClientStore } from '../pairing/ports';
import type { Connection } from '../presence/ports';
import { presenceOf } from '../presence/presence';
import { ApiError, problemOf } from '../wire/errors';
import { errorFrame, eventFrame, resultFrame } from '../wire/frames';
import { check } from '../wire/json';
import { limits } from '../wire/limits';
import { rpcRequest } from '../wire/protocol';
import { dismissSocket, isListed } from './dismiss-socket';

/** What an App's socket needs. */
export interface AppSocketWorld extends CallWorld, Pick<CallParts, 'random' | 'paramsUrlOf'> {
  clients: ClientStore;
}

/** API Gateway gives a frame 29 s; the answer must be on its way by then. */
export const maxSocketTimeoutMs = 25_000;

/** A request as an App sent it. */
export interface AppRequest {
  id: string | number | null | undefined;
  method: string;
  params: unknown;
  meta: unknown;
}

/** Serves one request of an App, and posts whatever it is to get. */
export async function handleAppRequest(
  world: AppSocketWorld,
  connection: Connection,
  request: AppRequest,
  requestId: string,
): Promise<void> {
  const post = (frame: string) => world.sockets.post(connection.connectionId, frame);
  const { id } = request;
  if (id === undefined || id === null) {
    await post(errorFrame(null, -32600, 'Invalid request: a request needs an id'));
    return;
  }
  let places: Places | undefined;
  const hold = (taken: Places) => {
    places = taken;
  };
  try {
    await post(await answer(world, connection, { ...request, id }, { post, hold }));
  } catch (error) {
    const known =
      error instanceof ApiError ? error : new ApiError('internal_error', 'The server met a fault.');
    await post(problemFrame(id, known, requestId));
  } finally {
    await places?.giveBack().catch(() => {});
  }
}

async function answer(
  world: AppSocketWorld,
  connection: Connection,
  request: AppRequest & { id: string | number },
  { post, hold }: { post: (frame: string) => Promise<unknown>; hold: (places: Places) => void },
): Promise<string> {
  const { id, method } = request;
  const nowMs = world.clock.now();
  if (method === 'relay.ping') return resultFrame(id, { pong: true, time: new Date(nowMs).toISOString() });
  const { client, gateway } = await world.clients.readWithGateway(
    connection.gatewayId,
    connection.clientId ?? '',
    nowMs,
  );
  if (!client || !gateway || !isListed(connection, client.sockets)) {
    const standing = gateway && client && { credentialHash: client.tokenHash, sockets: client.sockets };
    await dismissSocket(world, connection, standing);
    throw new ApiError('unauthorized', 'The client has been revoked, or this socket was replaced.');
  }
  if (method === 'relay.hello') {
    const { keepaliveMs, maxConnectionMs, reconnectAfterMs } = limits;
    const { gatewayId, clientId } = client;
    const policy = { protocol: 1, gatewayId, clientId, keepaliveMs, maxConnectionMs, reconnectAfterMs };
    return resultFrame(id, { ...policy, ...(await presenceOf(world, gateway, nowMs)) });
  }
  if (method === 'relay.cancel') {
    const target = (request.params as { id?: unknown } | null | undefined)?.id;
    const { call } = await readOwnCall(world, client, callIdOf(connection, target));
    return resultFrame(id, { id: target, outcome: (await cancelCall(world, call)).outcome });
  }
  const { id: given, timeoutMs = maxSocketTimeoutMs, traceparent } = membersOf(request.meta);
  const body = { gatewayId: client.gatewayId, method, params: request.params, timeoutMs };
  const checked = check(rpcRequest(maxSocketTimeoutMs), { ...body, id: given ?? callIdOf(connection, id) });
  const parts = { ...world, request: checked, client, gateway, nowMs, followed: true };
  const trace = typeof traceparent === 'string' ? { traceparent } : {};
  const prepared = prepareCall({ ...parts, ...trace });
  const mark = Buffer.from(world.random(3)).toString('base64url');
  const places = new Places(world, client, prepared.call, { id: prepared.id, streams: true, mark });
  hold(places);
  const started = await startCall(world, prepared, gateway, places);
  const sights = finishCall(world, started, { untilMs: nowMs + checked.timeoutMs, progressAfter: -1 });
  const end = await tellProgress(sights, id, post);
  return endFrame(id, started.id, end, started.joined ?? started.call);
}

async function tellProgress(
  sights: AsyncGenerator<Progress[], CallEnd | 'pending'>,
  id: string | number,
  post: (frame: string) => Promise<unknown>,
): Promise<CallEnd | 'pending'> {
  for (;;) {
    const { done, value } = await sights.next();
    if (done) return value;
    for (const { seq, data } of value) await post(eventFrame('relay.progress', { id, seq, data }));
  }
}

/** An answer too large for a message names the call, whose answer is then fetched by HTTP. */
function endFrame(
  id: string | number,
  callId: string,
  end: CallEnd | 'pending',
  call: Parameters<typeof answerOf>[1],
): string {
  if (end === 'pending') throw new ApiError('rpc_timeout', 'The call still runs.', { id: callId });
  const { ok, result, error, durationMs } = answerOf(callId, call, end);
  const meta = { id: callId, outcome: end.outcome, durationMs };
  const said = ok ? { ok, result } : { ok, error };
  const frame = JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ...said, meta });
  if (Buffer.byteLength(frame) <= limits.maxPostedCommandBytes) return frame;
  throw new ApiError('payload_too_large', 'The answer is too large for a socket: fetch it by its id.', {
    id: callId,
    limitBytes: limits.maxPostedCommandBytes,
  });
}

/** JSON-RPC has one place for what went wrong: the problem that HTTP would have given stands in `data`. */
function problemFrame(id: string | number, error: ApiError, requestId: string): string {
  const code = error.code === 'invalid_request' ? -32600 : -32000;
  const problem = { code, message: error.message, data: problemOf(error, requestId) };
  return JSON.stringify({ jsonrpc: '2.0', type: 'res', id, ok: false, error: problem });
}

/** JSON-RPC clients count their ids from 1 on every socket, so an id is a call's own on its socket only. */
function callIdOf({ connectionId }: Connection, id: unknown): string {
  return `ws_${digestOf(`${connectionId}\n${JSON.stringify(id ?? null)}`)}`;
}

function membersOf(meta: unknown): { id?: unknown; timeoutMs?: unknown; traceparent?: unknown } {
  return typeof meta === 'object' && meta !== null ? meta : {};
}
