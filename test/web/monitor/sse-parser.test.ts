import fc from 'fast-check';
import { SseParser } from '../../../web/monitor/feed/sse-parser';

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => new SseParser().push(encode(text));

test('an event is dispatched at its empty line, with the last id given', () => {
  expect(parse('id: 7\ndata: a\n\ndata: b\n\n')).toEqual([
    { event: 'message', data: 'a', lastEventId: '7' },
    { event: 'message', data: 'b', lastEventId: '7' },
  ]);
});

test.each(['\n', '\r\n', '\r'])('lines may end with %j', (end) => {
  const text = ['event: tick', 'data: one', 'data: two', '', 'data: three', '', ''].join(end);
  expect(parse(text).map(({ event, data }) => [event, data])).toEqual([
    ['tick', 'one\ntwo'],
    ['message', 'three'],
  ]);
});

test('comments and events without data dispatch nothing', () => {
  expect(parse(': hello\n\nevent: x\n\n')).toEqual([]);
});

test('the wait that the stream asks for is read when it is a number', () => {
  const parser = new SseParser();
  parser.push(encode('retry: soon\nretry: 1500\n\n'));
  expect(parser.retryMs).toBe(1500);
});

test('an unfinished event is not dispatched', () => {
  expect(parse('data: a\n')).toEqual([]);
});

test('a byte order mark at the start is skipped', () => {
  expect(parse('\uFEFFdata: a\n\n')).toHaveLength(1);
});

test('an empty line keeps its meaning when a chunk ends between CR and LF', () => {
  const parser = new SseParser();
  expect(parser.push(encode('data: a\r'))).toEqual([]);
  expect(parser.push(encode('\n\r'))).toHaveLength(1);
  expect(parser.push(encode('\ndata: b\r\n\r\n')).map(({ data }) => data)).toEqual(['b']);
});

test('where the chunks are cut makes no difference, not even inside a character', () => {
  const text = 'id: 1\r\ndata: Grüße 🛰️ {"a":1}\r\n\r\n: c\n\nid: 2\rdata: é\rdata: 漢字\r\rdata: end\n\n';
  const bytes = encode(text);
  const whole = new SseParser().push(bytes);
  expect(whole).toHaveLength(3);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const parser = new SseParser();
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const messages = edges.slice(1).flatMap((end, index) => parser.push(bytes.slice(edges[index], end)));
      expect(messages).toEqual(whole);
    }),
  );
});
