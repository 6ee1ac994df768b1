/** `/api/monitor/…`: the history, the live stream, and tickets for viewers' sockets. */
import { clock } from './aws/clock';
import { events, random, tickets, viewerUrlOf } from './aws/composition';
import { streamedHttp } from './aws/http/http';
import { requireMonitorAccess } from './aws/http/monitor-access';
import { historyQuery, readHistory, streamQuery } from './core/monitor/event-history';
import { monitorStream } from './core/monitor/monitor-stream';
import { issueTicket } from './core/monitor/tickets';
import { check } from './core/wire/json';

export const handler = streamedHttp({
  'GET /api/monitor/events': async (request) => {
    await requireMonitorAccess(request);
    const page = await readHistory(events(), check(historyQuery, request.query), request.receivedAtMs);
    return { status: 200, body: page };
  },
  'GET /api/monitor/stream': async (request) => {
    await requireMonitorAccess(request);
    const { after } = check(streamQuery, {
      after: request.header('last-event-id') || request.query.after,
    });
    const pieces = monitorStream({ events: events(), clock }, after, request.receivedAtMs);
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
    return { status: 200, headers, pieces };
  },
  'POST /api/monitor/tickets': async (request) => {
    await requireMonitorAccess(request);
    const issued = await issueTicket(tickets(), random, request.receivedAtMs);
    return { status: 201, body: { ...issued, url: viewerUrlOf(issued.ticket) } };
  },
});
