/** `POST /api/relay/rpc` and what its caller does with the call afterwards: ask for it, follow it, cancel it. */

import { countedReads } from './aws/call/counted-reads';
import { callWorld, clients, paramsUrlOf, random } from './aws/composition';
import type { HttpRequest } from './aws/http/answer';
import { requestingClient } from './aws/http/authenticated';
import { callAnswer, callStream, wantsEvents } from './aws/http/call-response';
import { streamedHttp } from './aws/http/http';
import { cancelCall } from './core/call/end-call';
import { endSoFar, readLastEventId, readOwnCall, resumeCall } from './core/call/own-call';
import { Places } from './core/call/places';
import { prepareCall } from './core/call/prepare-call';
import { endOfCall, finishCall, startCall } from './core/call/run-call';
import type { Client } from './core/pairing/ports';
import { ApiError } from './core/wire/errors';
import { readBody } from './core/wire/json';
import { limits } from './core/wire/limits';
import { rpcRequest } from './core/wire/protocol';
import { checkCallSize } from './core/wire/sealed';

async function call(http: HttpRequest) {
  checkCallSize(http.body);
  const { client, gateway } = await requestingClient(clients(), http);
  const followed = wantsEvents(http);
  const request = readBody(rpcRequest(followed ? limits.maxStreamTimeoutMs : limits.maxTimeoutMs), http.body);
  http.about({ method: request.method });
  if (request.gatewayId !== gateway.gatewayId) {
    throw new ApiError('forbidden', 'This client is paired with another gateway.');
  }
  const [idempotencyKey, traceparent] = [http.header('idempotency-key'), http.header('traceparent')];
  const nowMs = http.receivedAtMs;
  const parts = {
    request,
    idempotencyKey,
    traceparent,
    followed,
    client,
    gateway,
    random,
    paramsUrlOf,
    nowMs,
  };
  const prepared = prepareCall(parts);
  const places = placesOf(http, client, prepared.call, { id: prepared.id, streams: followed });
  const started = await startCall(callWorld(http), prepared, gateway, places);
  const untilMs = nowMs + request.timeoutMs;
  const wait = followed
    ? { untilMs, progressAfter: readLastEventId(http.header('last-event-id')) }
    : { untilMs };
  const world = callWorld(http);
  const { calls, report } = countedReads(world.calls);
  http.afterwards(report);
  const sights = finishCall({ ...world, calls }, started, wait);
  const running = started.joined ?? started.call;
  if (followed) return callStream(http, started.id, running, sights, true);
  return callAnswer(started.id, running, await endOfCall(sights));
}

async function ask(http: HttpRequest) {
  const { client } = await requestingClient(clients(), http);
  const { id, call } = await readOwnCall(callWorld(http), client, http.params.id);
  if (!wantsEvents(http)) return callAnswer(id, call, await endSoFar(callWorld(http), call));
  const afterSeq = readLastEventId(http.header('last-event-id'));
  const places = placesOf(http, client, call, { id, streams: true });
  if (!call.end) await places.take();
  return callStream(http, id, call, resumeCall(callWorld(http), call, afterSeq, places), afterSeq < 0);
}

/** What this request may hold of its client's quota; given back after the answer has left. */
function placesOf(
  http: HttpRequest,
  client: Client,
  call: ConstructorParameters<typeof Places>[2],
  what: { id: string; streams: boolean },
): Places {
  const places = new Places(callWorld(http), client, call, { ...what, mark: http.requestId.slice(-4) });
  http.afterwards(() => places.giveBack());
  return places;
}

async function cancel(http: HttpRequest) {
  const { client } = await requestingClient(clients(), http);
  const { id, call } = await readOwnCall(callWorld(http), client, http.params.id);
  const { outcome } = await cancelCall(callWorld(http), call);
  return { status: 202, body: { id, outcome } };
}

export const handler = streamedHttp({
  'POST /api/relay/rpc': { route: call, maxBodyBytes: limits.maxSealedBodyBytes },
  'GET /api/relay/rpc/{id}': ask,
  'POST /api/relay/rpc/{id}/cancel': cancel,
});
