import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appLink, pictureOf } from '../../../packages/connector/src/app-link';

let server: Server;
let said = '';
beforeAll(async () => {
  server = createServer((_, response) => response.end(said));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const linkAfter = (text: string) => {
  said = text;
  return appLink(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'AT-7F3K-Q2M9-ZT4X');
};

test('a relay that serves the App gives its link, with the code where no server sees it', async () => {
  const links = { app: 'https://relay.example/app' };
  expect(await linkAfter(JSON.stringify({ links }))).toBe('https://relay.example/app#AT-7F3K-Q2M9-ZT4X');
});

test.each(['{}', '{"links":{}}', '{"links":{"app":7}}', '{"links":{"app":"javascript:x"}}', '<html>', ''])(
  'a relay that says %p has none',
  async (text) => {
    expect(await linkAfter(text)).toBeUndefined();
  },
);

test('a relay that is not there has none', async () => {
  expect(await appLink('http://127.0.0.1:1', 'AT-7F3K-Q2M9-ZT4X')).toBeUndefined();
});

test('the picture is a square of half blocks', () => {
  const lines = pictureOf('https://relay.example/app#AT-7F3K-Q2M9-ZT4X').split('\n');
  expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
  expect(Math.abs([...lines[0]!].length - 2 * lines.length)).toBeLessThanOrEqual(1);
  expect(lines.join('')).toMatch(/^[ █▀▄]+$/);
});
