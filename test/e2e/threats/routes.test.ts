import { type RouteKey, routes } from '../../../lib/api/routes';
import { call, type Paired, type Registered, redeem, register, request } from '../../support/api';
import { household } from '../../support/household';
import { type Relay, registrationToken, startRelay } from '../../support/relay';
import type { TestRuntime } from '../../support/runtime';
import { type Credential, credentials, threatTable } from './threat-table';

let relay: Relay;
/** For all routes that leave everything as it was: if one did not, those after it would say so. */
let shared: ReturnType<typeof scene>;
beforeAll(async () => {
  relay = await startRelay();
  shared = scene();
});
afterAll(async () => {
  await (await shared).close();
  await relay.stop();
});

let serial = 0;
/** A source of its own for each request, so that the limit on guesses does not hide what comes behind it. */
const anySource = () => `127.7.${++serial >> 8}.${serial & 255 || 1}`;

const ask = (route: string, credential: string | undefined, body?: object) =>
  request(relay.url, route, { credential, from: anySource(), ...(body ? { body } : {}) });

/** A gateway that answers `echo` and is silent on all else, with a client. */
const paired = () =>
  household(relay.url, ({ method, params }) => (method === 'echo' ? (params ?? null) : undefined));

/** Everything that somebody may hold, new for each cell that may use it up. */
async function scene() {
  const [own, other] = [await paired(), await paired()];
  const { registered, runtime, app } = own;
  const another = await pairAgain(registered);
  const revoked = await pairAgain(registered);
  await ask(`DELETE /api/relay/clients/${revoked.clientId}`, registered.relaySecret);
  const rotated = await register(relay.url);
  await ask('POST /api/relay/secret', rotated.relaySecret, {});
  const { body } = await ask('POST /api/monitor/tickets', registrationToken, {});
  const held: Record<Credential, string | undefined> = {
    nothing: undefined,
    'a wrong token': 'a-wrong-token-of-thirty-two-chars',
    'the registration token': registrationToken,
    'the relay secret': registered.relaySecret,
    'a client token': app.clientToken,
    "another client's token": another.clientToken,
    'a viewer ticket': body.ticket,
    'a revoked client token': revoked.clientToken,
    'a rotated relay secret': rotated.relaySecret,
    "another gateway's relay secret": other.registered.relaySecret,
    "another gateway's client token": other.app.clientToken,
  };
  const close = () => Promise.all([runtime.close(), other.runtime.close()]);
  return { held, registered, runtime, app, close };
}

async function pairAgain({ relaySecret }: Registered): Promise<Paired> {
  const { body } = await ask('POST /api/relay/codes', relaySecret, {});
  return redeem(relay.url, body.accessCode);
}

/** A call of the first client that its runtime does not answer. */
async function pendingCall({ app, runtime }: { app: Paired; runtime: TestRuntime }) {
  const id = `pending-${++serial}`;
  const params = { n: serial };
  void call(relay.url, app, { method: 'silent', id, params, timeoutMs: 55_000 }).catch(() => {});
  const command = await runtime.frame((frame) => frame.params?.n === params.n);
  return { id, frameId: command.id as string };
}

const type = 'agenttown.runtime_pairing.v1';

/** What is sent on a route that takes a body. */
const bodies: Partial<Record<RouteKey, (gatewayId: string) => object>> = {
  'POST /api/runtime-pairings': () => {
    const pairingCode = `AT-TH${String(++serial).padStart(10, '0')}`;
    return { type, pairingCode, descriptor: { type } };
  },
  'POST /api/runtime-pairings/redeem': () => ({ pairingCode: 'AT-N0N3-N0N3-N0N3' }),
  'POST /api/relay/redeem': () => ({ accessCode: 'AT-N0N3-N0N3-N0N3' }),
  'POST /api/relay/register': () => ({ runtimeType: 'openclaw' }),
  'POST /api/relay/rpc': (gatewayId) => ({ gatewayId, method: 'echo', params: 1 }),
  'POST /api/relay/replies/{id}': () => ({ result: 'a reply' }),
};

/** What is no JSON, a page or a stream, is asked for its status alone. */
const statusAlone: RouteKey[] = ['GET /app', 'GET /monitor', 'GET /api/monitor/stream'];

async function statusOf(route: RouteKey, path: string, credential: string | undefined, body?: object) {
  const mayBeRefused = route === 'GET /api/monitor/stream' && credential !== registrationToken;
  if (mayBeRefused || !statusAlone.includes(route)) return (await ask(path, credential, body)).status;
  const abort = new AbortController();
  const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const url = relay.url + route.slice('GET '.length);
  const { status } = await fetch(url, { headers, signal: abort.signal });
  abort.abort();
  return status;
}

const keys = routes.map(({ method, path }) => `${method} ${path}` as RouteKey);

test('every route has its row, and no row is without its route', () => {
  expect(Object.keys(threatTable).sort()).toEqual([...keys].sort());
  for (const row of Object.values(threatTable)) expect(Object.keys(row)).toEqual([...credentials]);
});

test.each(keys)(
  '%s gives each credential what the table says, and no more',
  async (route) => {
    const usesUp = route === 'POST /api/relay/secret' || route.startsWith('DELETE');
    const isShared = !usesUp && !route.includes('{id}');
    const got: Partial<Record<Credential, number>> = {};
    let stage = isShared ? await shared : await scene();
    for (const credential of credentials) {
      const { frameId = '', id = '' } = route.includes('{id}') ? await pendingCall(stage) : {};
      const isRuntimes = route.includes('/params') || route.includes('/replies/');
      const path = route
        .replace('{id}', isRuntimes ? frameId : id)
        .replace('{clientId}', stage.app.clientId)
        .replace('{file}', 'nothing.js');
      const body = bodies[route]?.(stage.registered.gatewayId) ?? (route.startsWith('POST') ? {} : undefined);
      got[credential] = await statusOf(route, path, stage.held[credential], body);
      if (usesUp && got[credential]! < 300) {
        await stage.close();
        stage = await scene();
      }
    }
    expect(got).toEqual(threatTable[route]);
    if (!isShared) await stage.close();
  },
  60_000,
);
