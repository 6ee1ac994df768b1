import { KeptCalls } from '../../../local/inspected/kept-calls';

const command = (id: string, params?: unknown) => ({
  id,
  method: 'm',
  clientId: 'cl',
  timeoutMs: 1_000,
  traceparent: undefined,
  params,
});
const limits = { calls: 3, bytes: 1_000, steps: 2 };

test('beyond so many calls the oldest is forgotten', () => {
  const calls = new KeptCalls(limits);
  for (const id of ['a', 'b', 'c', 'd']) calls.command(command(id));
  expect(['a', 'b', 'c', 'd'].map((id) => calls.find(id)?.id)).toEqual([undefined, 'b', 'c', 'd']);
});

test('beyond so many bytes the oldest is forgotten, and the newest stays however large it is', () => {
  const calls = new KeptCalls(limits);
  calls.command(command('a', 'x'.repeat(500)));
  calls.command(command('b'));
  calls.answer('b', { result: 'x'.repeat(600) });
  expect([calls.find('a'), calls.find('b')?.answer]).toEqual([undefined, { result: 'x'.repeat(600) }]);
  calls.command(command('c', 'x'.repeat(5_000)));
  expect([calls.find('b'), calls.find('c')?.id]).toEqual([undefined, 'c']);
  calls.command(command('d', 'small'));
  expect([calls.find('c'), calls.find('d')?.params]).toEqual([undefined, 'small']);
});

test('a command that is sent again is the same call, and its first answer counts', () => {
  const calls = new KeptCalls(limits);
  calls.command(command('a', { n: 1 }));
  calls.answer('a', { result: 1 });
  calls.command(command('a', { n: 1 }));
  calls.answer('a', { error: { code: 1 } });
  expect(calls.find('a')).toMatchObject({ params: { n: 1 }, answer: { result: 1 } });
});

test('of the steps of a call the newest are kept, each once', () => {
  const calls = new KeptCalls(limits);
  calls.command(command('a'));
  for (const seq of [0, 1, 1, 2]) calls.step('a', { seq, data: seq });
  expect(calls.find('a')?.steps).toEqual([
    { seq: 1, data: 1 },
    { seq: 2, data: 2 },
  ]);
});
