/** What API Gateway and CloudFront answer by themselves, where a function has no say. */
import { WebSocket } from 'ws';
import { type Look, notTried, sight } from '../look';

/** A frame over API Gateway's 32 KiB. */
const overOneFrame = 40_000;

const isProblem = (text: string, code: string) => text.includes(`urn:agenttown:error:${code}`);

/** Without a `{proxy+}` of one's own API Gateway quotes the header in a 403. */
export const unknownPaths: Look = {
  id: 'unknown-path',
  title: 'an unknown path with a token',
  expected: '404 not_found, nothing of the header',
  async run({ party }) {
    const found: string[] = [];
    let isWell = true;
    for (const path of ['/api/nothing/at/all', '/api']) {
      const answer = await party.ask(`GET ${path}`, 'a-token-of-nobody');
      const text = await answer.text();
      isWell &&= answer.status === 404 && isProblem(text, 'not_found') && !text.includes('a-token-of-nobody');
      found.push(`${path}: ${answer.status}`);
    }
    return sight(isWell, found.join(', '));
  },
};

/** CloudFront keeps errors for ten seconds unless it is told not to. */
export const keptErrors: Look = {
  id: 'kept-errors',
  title: 'errors at the edge are not kept',
  expected: '401 without a token, then 200 with one',
  async run({ party }) {
    const [first, second] = [
      await party.ask('GET /api/relay/status'),
      await party.ask('GET /api/relay/status', party.app.clientToken),
    ];
    const cache = first.headers.get('x-cache');
    return sight(
      first.status === 401 && second.status === 200,
      `${first.status}, then ${second.status}${cache ? ` (x-cache: ${cache})` : ''}`,
    );
  },
};

/** A header that is no bearer is answered by API Gateway's own response where it can. */
export const oddHeaders: Look = {
  id: 'odd-authorization',
  title: 'an Authorization that is none',
  expected: '401 as the relay’s own problem, nothing of the header',
  async run({ party }) {
    const answer = await party.ask('GET /api/relay/status', undefined, undefined, {
      authorization: 'AWS4-HMAC-SHA256 Credential=of-nobody',
    });
    const text = await answer.text();
    return sight(
      answer.status === 401 && isProblem(text, 'unauthorized') && !text.includes('of-nobody'),
      `${answer.status}, ${answer.headers.get('content-type')}`,
    );
  },
};

/** The limit of a frame is API Gateway's own. */
export const largeFrames: Look = {
  id: 'large-frame',
  title: `a frame of ${overOneFrame} bytes`,
  expected: 'the socket is closed with 1009',
  async run({ party }) {
    const socket = await party.socket(party.app.clientToken);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, 10_000, undefined));
    socket.send(`{"jsonrpc":"2.0","id":1,"method":"relay.ping","params":"${'x'.repeat(overOneFrame)}"}`);
    const code = await Promise.race([closed, late]);
    socket.terminate();
    return sight(code === 1009, code === undefined ? 'it stayed open' : `closed with ${code}`);
  },
};

/** The path form works with the edge alone. */
export const pathForm: Look = {
  id: 'path-form',
  title: 'the path form of the relay URL',
  expected: 'with the edge the socket opens; without it relayUrl names the gateway in the query',
  async run({ party }) {
    const { relayUrl, relaySecret, gatewayId } = party.gateway;
    if (!relayUrl.includes(`/relay/${gatewayId}`))
      return notTried('there is no edge: the gateway travels in the query');
    const socket = new WebSocket(relayUrl, { headers: { authorization: `Bearer ${relaySecret}` } });
    const found = await new Promise<string>((resolve) => {
      socket.once('open', () => resolve('open')).once('error', ({ message }) => resolve(message));
    });
    socket.terminate();
    return sight(found === 'open', found);
  },
};

/** The address that failures are counted by comes through the edge in a header. */
export const sourceOfGuesses: Look = {
  id: 'source',
  title: 'the caller’s address reaches the function',
  expected: '429 for the eleventh wrong code of one address (from another it stays 404: try that by hand)',
  async run({ party }) {
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++) {
      const accessCode = `AT-0000-0000-00${String(n).padStart(2, '0')}`;
      statuses.push((await party.ask('POST /api/relay/redeem', undefined, { accessCode })).status);
    }
    return sight(statuses.at(-1) === 429, `the first ${statuses[0]}, the eleventh ${statuses.at(-1)}`);
  },
};
