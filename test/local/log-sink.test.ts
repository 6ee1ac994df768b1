import { logSink } from '../../local/log-sink';

const info = '{"level":"INFO","message":"fine"}';
const warning = '{"level":"WARN","message":"hm"}';
const metric = '{"_aws":{}}';

function written(request: Parameters<typeof logSink>[0], ...lines: Array<[string | undefined, string]>) {
  const out: string[] = [];
  const error: string[] = [];
  const sink = logSink(request, { out: (text) => out.push(text), error: (text) => error.push(text) });
  for (const [functionLogicalId, line] of lines)
    sink({ ...(functionLogicalId && { functionLogicalId }), line });
  return { out, error };
}

test('a person sees what went wrong, and all of it when asked for', () => {
  const lines: Array<[string | undefined, string]> = [
    ['Rpc', info],
    ['Rpc', metric],
    ['Rpc', warning],
    [undefined, 'of the host'],
  ];
  expect(written({ verbose: false, form: 'text' }, ...lines)).toEqual({
    out: [`[Rpc] ${warning}`],
    error: ['of the host'],
  });
  expect(written({ verbose: true, form: 'text' }, ...lines).out).toHaveLength(3);
});

test('a program gets an object for each line', () => {
  const { out, error } = written(
    { verbose: false, form: 'json' },
    ['Rpc', warning],
    ['Rpc', 'plain "text"\nof two lines'],
    ['Rpc', '{no json'],
    [undefined, 'of the host'],
  );
  expect(error).toEqual([]);
  const time = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(out.map((line) => JSON.parse(line))).toEqual([
    { time, function: 'Rpc', level: 'WARN', message: 'hm' },
    { time, function: 'Rpc', message: 'plain "text"\nof two lines' },
    { time, function: 'Rpc', message: '{no json' },
    { time, message: 'of the host' },
  ]);
  expect(out.every((line) => !line.includes('\n'))).toBe(true);
});

test('a line that nobody would read to its end is cut', () => {
  const long = `{"level":"ERROR","message":"${'x'.repeat(100_000)}"}`;
  for (const form of ['text', 'json'] as const) {
    const [line] = written({ verbose: false, form }, ['Rpc', long]).out;
    expect(line!.length).toBeLessThan(10_000);
    expect(line).toContain('(cut)');
  }
});
