/**
 * An App's socket: any JSON-RPC request on it is a call to the gateway's runtime, answered here with the App's own id by
 * whoever ends the call (`push/`): the function that takes the request returns as soon as the command has left.
 *
 *   from the App   request    { jsonrpc, id, method, params?, meta?: { id?, timeoutMs?, traceparent? } }
 *                  own        relay.ping, relay.hello, relay.cancel { id }, relay.resume { calls? }
 *   to the App     answer     { jsonrpc, type: "res", id, ok, result | error, meta: { id, outcome?, durationMs? } }
 *                  event      relay.progress { id, seq, data }, relay.presence { connected, … }
 */
import { cancelCall } from '../call/end-call';
import { readOwnCall } from '../call/own-call';
import { prepareCall } from '../call/prepare-call';
import { digestOf, type StoredCall } from '../call/states';
import { showRefusal } from '../monitor/refusals';
import type { Client, Gateway } from '../pairing/ports';
import type { Connection } from '../presence/ports';
import { presenceOf } from '../presence/presence';
import { problemFrame } from '../push/frames-of-call';
import { openPushedCall } from '../push/open-pushed-call';
import { resumeCalls } from '../push/resume-calls';
import type { PushWorld } from '../push/world';
import { ApiError, knownError } from '../wire/errors';
import { errorFrame, resultFrame } from '../wire/frames';
import { check } from '../wire/json';
import { limits } from '../wire/limits';
import { rpcRequest } from '../wire/protocol';
import { dismissSocket, isListed } from './dismiss-socket';

/** The longest id of a request, in characters: it is kept with the call until its end. */
export const maxRequestIdLength = 128;

/** A request as an App sent it. */
export interface AppRequest {
  id: string | number | null | undefined;
  method: string;
  params: unknown;
  meta: unknown;
}

/** Serves one request of an App, and posts whatever it is to get at once. Gives the fault that it met, for the log. */
export async function handleAppRequest(
  world: PushWorld,
  connection: Connection,
  request: AppRequest,
): Promise<{ fault?: unknown }> {
  const post = (frame: string) => world.sockets.post(connection.connectionId, frame);
  const { id } = request;
  if (id === undefined || id === null || String(id).length > maxRequestIdLength) {
    const rule = `a request needs an id of ${maxRequestIdLength} characters at most`;
    await post(errorFrame(null, -32600, `Invalid request: ${rule}`));
    return {};
  }
  try {
    return await serve(world, connection, { ...request, id }, post);
  } catch (error) {
    const known = knownError(error);
    const { connectionId: source, gatewayId, clientId } = connection;
    const caller = { source, receivedAtMs: world.clock.now() };
    showRefusal(world.recorder, caller, known, { gatewayId, clientId, method: request.method });
    await post(problemFrame(id, known, world.requestId));
    return known === error ? {} : { fault: error };
  }
}

type Identified = AppRequest & { id: string | number };

async function serve(
  world: PushWorld,
  connection: Connection,
  request: Identified,
  post: (frame: string) => Promise<unknown>,
): Promise<{ fault?: unknown }> {
  const { id, method, params } = request;
  const nowMs = world.clock.now();
  if (method === 'relay.ping') {
    await post(resultFrame(id, { pong: true, time: new Date(nowMs).toISOString() }));
    return {};
  }
  const { client, gateway } = await authentic(world, connection, nowMs);
  switch (method) {
    case 'relay.hello': {
      const { keepaliveMs, maxConnectionMs, reconnectAfterMs } = limits;
      const { gatewayId, clientId } = client;
      const policy = { protocol: 1, gatewayId, clientId, keepaliveMs, maxConnectionMs, reconnectAfterMs };
      await post(resultFrame(id, { ...policy, ...(await presenceOf(world, gateway, nowMs)) }));
      return {};
    }
    case 'relay.cancel': {
      const target = (params as { id?: unknown } | null | undefined)?.id;
      const call = await callToCancel(world, client, connection, target);
      await post(resultFrame(id, { id: target, outcome: (await cancelCall(world, call)).outcome }));
      return {};
    }
    case 'relay.resume': {
      const { resumed, goOn } = await resumeCalls(world, client, connection.connectionId, params);
      await post(resultFrame(id, resumed));
      return await goOn();
    }
    default:
      await call(world, connection, request, { client, gateway, nowMs });
      return {};
  }
}

/** The client whose socket it is, if that still counts. */
async function authentic(
  world: PushWorld,
  connection: Connection,
  nowMs: number,
): Promise<{ client: Client; gateway: Gateway }> {
  const { gatewayId, clientId = '' } = connection;
  const { client, gateway } = await world.clients.readWithGateway(gatewayId, clientId, nowMs);
  if (client && gateway && isListed(connection, client.sockets)) return { client, gateway };
  const standing = gateway && client && { credentialHash: client.tokenHash, sockets: client.sockets };
  await dismissSocket(world, connection, standing);
  throw new ApiError('unauthorized', 'The client has been revoked, or this socket was replaced.');
}

/** A call by the id of its request on this socket, or by its own. */
async function callToCancel(
  world: PushWorld,
  client: Client,
  connection: Connection,
  target: unknown,
): Promise<StoredCall> {
  try {
    return (await readOwnCall(world, client, callIdOf(connection, target))).call;
  } catch (error) {
    if (typeof target !== 'string' || !(error instanceof ApiError)) throw error;
    return (await readOwnCall(world, client, target)).call;
  }
}

async function call(
  world: PushWorld,
  connection: Connection,
  { id, method, params, meta }: Identified,
  { client, gateway, nowMs }: { client: Client; gateway: Gateway; nowMs: number },
): Promise<void> {
  const { id: given, timeoutMs, traceparent } = membersOf(meta);
  const body = { gatewayId: client.gatewayId, method, params, timeoutMs };
  const checked = check(rpcRequest(limits.maxStreamTimeoutMs), {
    ...body,
    id: given ?? callIdOf(connection, id),
  });
  const parts = { ...world, request: checked, client, gateway, nowMs, followed: true };
  const trace = typeof traceparent === 'string' ? { traceparent } : {};
  const listener = { connectionId: connection.connectionId, id };
  await openPushedCall(world, prepareCall({ ...parts, ...trace }), { client, gateway, listener });
}

/** JSON-RPC clients count their ids from 1 on every socket, so an id is a call's own on its socket only. */
function callIdOf({ connectionId }: Connection, id: unknown): string {
  return `ws_${digestOf(`${connectionId}\n${JSON.stringify(id ?? null)}`)}`;
}

function membersOf(meta: unknown): { id?: unknown; timeoutMs?: unknown; traceparent?: unknown } {
  return typeof meta === 'object' && meta !== null ? meta : {};
}
