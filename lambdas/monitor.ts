/** `/api/monitor/…`: the history, the live stream, and tickets for viewers' sockets. */
import { clock } from './aws/clock';
import { attemptWorld, events, random, tickets, viewerUrlOf, watchers } from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { requireMonitorAccess, requireMonitorAccessStill } from './aws/http/monitor-access';
import { registrationTokenHash } from './aws/pairing/registration-token';
import { historyQuery, readHistory, streamQuery } from './core/monitor/event-history';
import { maxStreamMs, monitorStream } from './core/monitor/monitor-stream';
import type { Watcher } from './core/monitor/ports';
import { issueTicket } from './core/monitor/tickets';
import { takePlace } from './core/monitor/watchers';
import { check } from './core/wire/json';

export const handler = streamedHttp({
  'GET /api/monitor/events': async (request) => {
    await requireMonitorAccess(attemptWorld(), request);
    const page = await readHistory(events(), check(historyQuery, request.query), request.receivedAtMs);
    return { status: 200, body: page };
  },
  'GET /api/monitor/stream': async (request) => {
    await requireMonitorAccess(attemptWorld(), request);
    const { after } = check(streamQuery, {
      after: request.header('last-event-id') || request.query.after,
    });
    const { receivedAtMs, requestId } = request;
    const watcher: Watcher = { kind: 'stream', id: requestId, untilMs: receivedAtMs + maxStreamMs };
    await takePlace(watchers(), watcher, receivedAtMs);
    request.afterwards(() => watchers().leave(watcher));
    const requireAccess = () => requireMonitorAccessStill(request, clock.now());
    const world = { events: events(), clock, requireAccess };
    const pieces = monitorStream(world, after, receivedAtMs, requestId);
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
    return { status: 200, headers, pieces };
  },
  'POST /api/monitor/tickets': async (request) => {
    await requireMonitorAccess(attemptWorld(), request);
    const tokenHash = await registrationTokenHash(request.receivedAtMs);
    const issued = await issueTicket({ tickets: tickets(), random }, tokenHash, request.receivedAtMs);
    return { status: 201, body: { ...issued, url: viewerUrlOf(issued.ticket) } };
  },
});
