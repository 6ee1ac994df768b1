/** `GET /` and the documents: where everything is, for people and for programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, request } from '../../support/api';
import { type Relay, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

const document = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'docs', name), 'utf8'));

test('a program is told where everything is, and every place is there', async () => {
  const { status, body } = await request(relay.url, 'GET /');
  expect([status, body.service]).toEqual([200, 'agenttown-pairing-server']);
  const links: string[] = Object.values(body.links);
  expect(links.every((link) => link.startsWith(relay.url))).toBe(true);
  const answers = await Promise.all(links.map((link) => fetch(link)));
  expect(answers.map((answer) => answer.status)).toEqual(links.map(() => 200));
});

test('a person gets a page with the same links, which loads nothing and runs nothing', async () => {
  const answer = await fetch(relay.url, { headers: { accept: 'text/html,application/xhtml+xml' } });
  const page = await answer.text();
  const { links } = (await request(relay.url, 'GET /')).body;
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  for (const link of Object.values(links)) expect(page).toContain(`href="${link}"`);
  expect(page).not.toMatch(/<script|<link|<img|src=/);
});

test('the documents are those of docs/, with the URLs of this deployment', async () => {
  const served: Answer[] = await Promise.all(
    ['openapi.json', 'asyncapi.json'].map((name) => request(relay.url, `GET /${name}`)),
  );
  const [http, socket] = served.map(({ body }) => body);
  expect(http).toEqual({ ...document('openapi.json'), servers: [{ url: relay.url }] });
  const deployment = { host: new URL(relay.url).host, protocol: 'ws' };
  expect(socket).toEqual({ ...document('asyncapi.json'), servers: { deployment } });
});
