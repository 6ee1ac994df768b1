/** What the double answers by HTTP, as the protocol has it. */
import type { ServerResponse } from 'node:http';
import type { CallOfDouble, End } from './call-of-double';
import { problemOf } from './refusals';
import type { SeenRequest, ServerDouble } from './server-double';

/** Status and body; no body where there is none. */
type Plain = [status: number, body?: object];

/** Does what a request asks for, and answers it where its connection is still there. */
export function answerByHttp(server: ServerDouble, seen: SeenRequest, response: ServerResponse): void {
  const answer = answerTo(server, seen);
  if (Array.isArray(answer)) send(response, answer);
  else if (String(seen.headers.accept).includes('text/event-stream')) stream(server, answer, seen, response);
  else if (!answer.end && seen.route.startsWith('GET'))
    send(response, [202, { id: answer.id, status: 'pending' }]);
  else {
    const leave = answer.hear({
      onStep: () => {},
      onEnd: (end) => send(response, plainOf(end, answer.id)),
    });
    response.on('close', leave);
  }
}

/** An answer, or the call that is to be given. */
function answerTo(
  server: ServerDouble,
  { route, credential, body, headers }: SeenRequest,
): Plain | CallOfDouble {
  if (route === 'POST /api/relay/redeem') return redeem(server, body);
  if (credential !== server.clientToken || credential === '')
    return plainOf({ problem: problemOf('unauthorized') }, '');
  const id = decodeURIComponent(route.split('/')[4] ?? '');
  const call = server.calls.byId(id);
  const { gatewayId, clientId } = server;
  if (route === 'GET /api/relay/status')
    return [200, { gatewayId, connected: true, ...about, lastSeenAt: new Date().toISOString() }];
  if (route === 'POST /api/relay/tickets') return giveTicket(server);
  if (route === `DELETE /api/relay/clients/${clientId}`) {
    server.revoke();
    return [204];
  }
  if (route === 'POST /api/relay/rpc') {
    const opened = server.calls.open({ ...body, id: body?.id ?? headers['idempotency-key'] });
    return 'runs' in opened ? opened : plainOf(opened, '');
  }
  if (call && route.endsWith('/cancel')) {
    server.calls.cancel(call);
    return [202, { id, outcome: 'cancelled' }];
  }
  if (call && route.startsWith('GET /api/relay/rpc/')) return call;
  return plainOf({ problem: problemOf('not_found') }, id);
}

const about = { runtimeType: 'kit', displayName: 'Conformance kit', capabilities: ['echo'] };

function redeem(server: ServerDouble, body: SeenRequest['body']): Plain {
  if (server.isCodeUsed || body?.accessCode !== server.code)
    return plainOf({ problem: problemOf('code_not_found') }, '');
  server.isCodeUsed = true;
  const { gatewayId, clientId, clientToken } = server;
  const relayUrl = `${server.url.replace('http', 'ws')}/relay/${gatewayId}`;
  return [200, { gatewayId, clientId, clientToken, relayUrl, connected: true, ...about }];
}

function giveTicket(server: ServerDouble): Plain {
  const ticket = `atk_${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
  server.tickets.add(ticket);
  const url = `${server.url.replace('http', 'ws')}/relay/${server.gatewayId}?ticket=${ticket}`;
  return [201, { ticket, expiresAt: new Date(Date.now() + 60_000).toISOString(), url }];
}

/** Gives a call as a stream, from after the step that its reader has. */
function stream(
  { weather }: ServerDouble,
  call: CallOfDouble,
  { headers }: SeenRequest,
  response: ServerResponse,
): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const tell = (event: string, data: object, id?: number) =>
    response.write(
      `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`,
    );
  tell('accepted', { id: call.id });
  response.write(': still here\n\n');
  const last = headers['last-event-id'];
  const leave = call.hear(
    {
      onStep: (step) => {
        if (response.writableEnded) return;
        tell('progress', { id: call.id, ...step }, step.seq);
        if (weather.cutAfterSeq !== step.seq) return;
        delete weather.cutAfterSeq;
        response.end();
      },
      onEnd: (end) => {
        if (response.writableEnded) return;
        const [status, body = {}] = plainOf(end, call.id);
        tell(status >= 400 ? 'error' : 'result', body);
        response.end();
      },
    },
    last === undefined ? -1 : Number(last),
  );
  response.on('close', leave);
}

function plainOf(end: End, id: string): Plain {
  if ('problem' in end) return [end.problem.status, id ? { id, ...end.problem } : end.problem];
  return [200, { id, durationMs: 1, ...end }];
}

function send(response: ServerResponse, [status, body]: Plain): void {
  if (response.headersSent || response.destroyed) return;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-request-id': 'kit' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
