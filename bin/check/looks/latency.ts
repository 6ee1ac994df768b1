/**
 * How long each hop takes, from outside: what two answers differ in is what the longer one does more.
 *
 *   a preflight    the way and the gateway, no function
 *   /health        that and an invocation
 *   /status        that and its reads
 *   relay.ping     a frame: an invocation and a post back
 */
import { type Figure, figureOf, type Look, type Scene, sight } from '../look';

/** Rounds of each kind. The 99th percentile of so few is close to their worst. */
const rounds = 60;
/** Strongly consistent reads, one after the other, of `GET /api/relay/status` with a client token. */
const readsOfStatus = 2;

async function samples(once: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  // The first ones pay for connections and cold starts.
  for (let n = -5; n < rounds; n++) {
    const sinceMs = performance.now();
    await once();
    if (n >= 0) found.push(performance.now() - sinceMs);
  }
  return found;
}

const drained = async (asked: Promise<Response>) => void (await (await asked).arrayBuffer());

/** What one takes more than another, per hop; never below a tenth of a millisecond. */
const beyond = (longer: Figure, shorter: Figure, hops = 1): Figure => {
  const less = (from: number, what: number) => Math.max(0.1, Math.round((10 * (from - what)) / hops) / 10);
  const p50Ms = less(longer.p50Ms, shorter.p50Ms);
  return { p50Ms, p99Ms: Math.max(p50Ms, less(longer.p99Ms, shorter.p99Ms)) };
};

/** The hops, in the form of the bench's model. */
export const latencyOfHops: Look = {
  id: 'hops',
  title: 'how long each hop takes',
  expected: 'figures; the bench assumes 5, 20, 8 ms for a read or write, a post, an invocation',
  async run({ party }: Scene) {
    const { clientToken } = party.app;
    const preflight = {
      origin: 'https://check.invalid',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const way = figureOf(
      await samples(() => drained(party.ask('OPTIONS /api/relay/status', undefined, undefined, preflight))),
    );
    const health = figureOf(await samples(() => drained(party.ask('GET /health'))));
    const status = figureOf(await samples(() => drained(party.ask('GET /api/relay/status', clientToken))));
    const socket = await party.socket(clientToken);
    let n = 0;
    const ping = figureOf(
      await samples(() => party.timed(socket, { id: `ping-${++n}`, method: 'relay.ping' })),
    );
    const call = figureOf(
      await samples(() => party.timed(socket, { id: `call-${++n}`, method: 'echo', params: n })),
    );
    const overHttp = figureOf(await samples(() => drained(party.call('echo', 1))));
    socket.close();
    const figures = {
      way,
      health,
      status,
      'relay.ping': ping,
      'a call on a socket': call,
      'a call over HTTP': overHttp,
      'hop dynamodb': beyond(status, health, readsOfStatus),
      'hop post': beyond(ping, health),
      'hop invocation': beyond(health, way),
    };
    const found = Object.entries(figures).map(([name, { p50Ms, p99Ms }]) => `${name} ${p50Ms} (${p99Ms})`);
    return sight(true, `p50 (p99) in ms: ${found.join(', ')}`, figures);
  },
};

/** A WebSocket ping, answered by API Gateway itself. */
export const pings: Look = {
  id: 'pings',
  title: 'WebSocket pings',
  expected: 'each is answered by a pong',
  async run({ party }) {
    const socket = await party.socket(party.app.clientToken);
    const once = () =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('no pong within 10 s')), 10_000);
        socket.once('pong', () => {
          clearTimeout(late);
          resolve();
        });
        socket.ping();
      });
    const figure = await samples(once).then(figureOf, () => undefined);
    socket.close();
    if (!figure) return sight(false, 'a ping was not answered within 10 s');
    return sight(true, `a pong after ${figure.p50Ms} ms (p99 ${figure.p99Ms})`, { pong: figure });
  },
};
