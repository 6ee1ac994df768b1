import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { type Host, startHost } from '../../../local/host';
import { watch } from '../../../local/watch';
import { countLogged } from '../../../local/watched/logged-metrics';
import type { MetricsPort } from '../../../local/watched/metrics-port';
import { Series } from '../../../local/watched/series';
import { fixtureAssembly, fixtureFunction, fixtureRestApi, route } from '../fixture-stack';

/** A line as CloudWatch's embedded format has it. */
const measured = {
  _aws: {
    Timestamp: 1,
    CloudWatchMetrics: [
      {
        Namespace: 'N',
        Dimensions: [['Deployment', 'Outcome']],
        Metrics: [{ Name: 'Calls', Unit: 'Count' }],
      },
      { Namespace: 'N', Dimensions: [['Deployment']], Metrics: [{ Name: 'CallTime', Unit: 'Milliseconds' }] },
    ],
  },
  Deployment: 'Mine',
  Outcome: 'answered',
  Calls: 1,
  CallTime: 30,
};

describe('metrics of functions', () => {
  test('are counted by their dimension, and times in buckets', () => {
    const series = new Series();
    countLogged(series, JSON.stringify(measured));
    countLogged(series, JSON.stringify({ ...measured, Calls: 2, CallTime: 70_000 }));
    const lines = series.text({}).split('\n');
    expect(lines).toContain('agenttown_calls_total{outcome="answered"} 3');
    expect(lines).toContain('# TYPE agenttown_call_time_seconds histogram');
    expect(lines).toContain('agenttown_call_time_seconds_bucket{le="0.025"} 0');
    expect(lines).toContain('agenttown_call_time_seconds_bucket{le="0.05"} 1');
    expect(lines).toContain('agenttown_call_time_seconds_bucket{le="60"} 1');
    expect(lines).toContain('agenttown_call_time_seconds_bucket{le="+Inf"} 2');
    expect(lines).toContain('agenttown_call_time_seconds_sum 70.03');
    expect(lines).toContain('agenttown_call_time_seconds_count 2');
  });

  test.each(['', 'plain', '{"_aws"', '{"level":"INFO","message":"\\"_aws\\""}', '{"_aws":{}}', '[]'])(
    'are not found in %j',
    (line) => {
      const series = new Series();
      countLogged(series, line);
      expect(series.text({})).toBe('\n');
    },
  );

  test('cannot fill the memory, and a label cannot break its line', () => {
    const series = new Series();
    for (let n = 0; n < 2_000; n += 1) series.add('sums', { n: String(n) });
    expect(series.text({}).match(/^sums\{/gm)).toHaveLength(500);
    const odd = new Series();
    odd.add('odd', { a: 'x"\n\\y' });
    expect(odd.text({})).toBe('# TYPE odd counter\nodd{a="x\\"\\n\\\\y"} 1\n');
  });
});

describe('a host that is watched', () => {
  let host: Host;
  let metrics: MetricsPort;
  const passedOn: string[] = [];
  beforeAll(async () => {
    const assembly = fixtureAssembly((stack) => {
      const api = fixtureRestApi(stack);
      const code = `process.stdout.write(${JSON.stringify(`${JSON.stringify(measured)}\n`)}); return { statusCode: 204 };`;
      route(api, 'GET', '/measured', fixtureFunction(stack, 'Measured', code));
    });
    const watched = watch({ onLog: ({ line }) => passedOn.push(line), dbFile: undefined });
    host = await startHost({ assembly, ...watched.options });
    metrics = await watched.tell(host, 0);
  });
  afterAll(async () => {
    metrics.stop();
    await host.stop();
  });

  const ask = (path: string, headers = {}, method = 'GET') =>
    new Promise<{ status: number; text: string; type: string | undefined }>((resolve, reject) => {
      request({ port: metrics.port, host: '127.0.0.1', path, headers, method }, async (response) =>
        resolve({
          status: response.statusCode!,
          text: await textOf(response),
          type: response.headers['content-type'],
        }),
      )
        .on('error', reject)
        .end();
    });

  test('tells answers, outcomes, sockets, engine and memory', async () => {
    await (await fetch(`${host.url}/measured`)).text();
    const { status, text, type } = await ask('/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^agenttown_calls_total\{outcome="answered"\} 1$/m);
    expect(text).toMatch(/^agenttown_http_answers_total\{code="204"\} 1$/m);
    expect(text).toMatch(/^agenttown_http_answer_seconds_count 1$/m);
    expect(text).toMatch(/^agenttown_sockets 0$/m);
    expect(text).toMatch(/^agenttown_engine_up 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(passedOn).toContain(JSON.stringify(measured));
  });

  test.each([
    ['another name', '/metrics', { host: 'rebound.example' }, 'GET', 403],
    ['another path', '/', {}, 'GET', 404],
    ['another method', '/metrics', {}, 'POST', 404],
  ])('tells nothing by %s', async (_, path, headers, method, status) => {
    expect((await ask(path, headers, method)).status).toBe(status);
  });

  test('says which port it cannot have', async () => {
    const other = watch({ onLog: () => {}, dbFile: undefined });
    await expect(other.tell(host, metrics.port)).rejects.toThrow(
      `Metrics cannot have the port ${metrics.port}`,
    );
  });
});
