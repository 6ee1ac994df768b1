/**
 * Each credential × each route: what it is worth there. A word is a status; a route without its row does not compile, and a
 * credential without its column is no row. `docs/security.md` says the same in sentences.
 */
import type { RouteKey } from '../../../lib/api/routes';

/** What somebody may hold. All but the last three are of, or beside, the gateway that the routes are asked about. */
export const credentials = [
  'nothing',
  'a wrong token',
  'the registration token',
  'the relay secret',
  'a client token',
  "another client's token",
  'a viewer ticket',
  'a revoked client token',
  'a rotated relay secret',
  "another gateway's relay secret",
  "another gateway's client token",
] as const;

/** A column of the table. */
export type Credential = (typeof credentials)[number];

/** The status that each credential gets. */
export type Row = Record<Credential, number>;

/** A row: one status for all, and those that differ. */
const row = (usual: number, differing: Partial<Row> = {}): Row => ({
  ...(Object.fromEntries(credentials.map((credential) => [credential, usual])) as Row),
  ...differing,
});

/** Whoever asks gets the same: nothing on this route needs a credential. */
const anybody = (status: number) => row(status);
/** Whoever may register; all others are refused alike. */
const registration = (status: number) => row(401, { 'the registration token': status });
/** Holders of a relay secret, each for its own gateway. */
const owner = (own: number, other = own) =>
  row(401, { 'the relay secret': own, "another gateway's relay secret": other });

/** The table. */
export const threatTable: Record<RouteKey, Row> = {
  'GET /': anybody(200),
  'GET /openapi.json': anybody(200),
  'GET /asyncapi.json': anybody(200),
  'GET /health': anybody(200),
  'GET /app': anybody(200),
  'GET /app/{file}': anybody(404),
  'GET /monitor': anybody(200),
  // A code is its own credential, and this one is none.
  'POST /api/runtime-pairings/redeem': anybody(404),
  'POST /api/relay/redeem': anybody(404),
  'POST /api/runtime-pairings': registration(201),
  'POST /api/relay/register': registration(201),
  'GET /api/monitor/events': registration(200),
  'GET /api/monitor/stream': registration(200),
  'POST /api/monitor/tickets': registration(201),
  'POST /api/relay/rpc': row(401, {
    'a client token': 200,
    "another client's token": 200,
    "another gateway's client token": 403,
  }),
  // A call is its own client's: to all others it is not there.
  'GET /api/relay/rpc/{id}': row(401, {
    'a client token': 202,
    "another client's token": 404,
    "another gateway's client token": 404,
  }),
  'POST /api/relay/rpc/{id}/cancel': row(401, {
    'a client token': 202,
    "another client's token": 404,
    "another gateway's client token": 404,
  }),
  'GET /api/relay/rpc/{id}/params': owner(200, 404),
  'POST /api/relay/replies/{id}': owner(202, 404),
  // Each sees its own gateway.
  'GET /api/relay/status': row(401, {
    'the relay secret': 200,
    'a client token': 200,
    "another client's token": 200,
    "another gateway's relay secret": 200,
    "another gateway's client token": 200,
  }),
  // Of its own client, so that another gateway's is as good for its own.
  'POST /api/relay/tickets': row(401, {
    'a client token': 201,
    "another client's token": 201,
    "another gateway's client token": 201,
  }),
  'POST /api/relay/codes': owner(201),
  'GET /api/relay/clients': owner(200),
  'DELETE /api/relay/clients/{clientId}': row(401, {
    'the relay secret': 204,
    'a client token': 204,
    "another client's token": 403,
    "another gateway's relay secret": 404,
    "another gateway's client token": 403,
  }),
  'POST /api/relay/secret': owner(200),
  'DELETE /api/relay/gateway': owner(204),
};
