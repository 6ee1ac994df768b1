/** `agenttown-pairing-server check`, as far as a machine without an account can show it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hops, useHops } from '../../bench/latency/hops';
import { figureOf } from '../../bin/check/look';
import { last, measuring, waiting } from '../../bin/check/looks';
import { readColdStarts } from '../../bin/check/looks/cold-starts';
import { markdownOf } from '../../bin/check/report';
import { type Findings, isWell } from '../../bin/check/run-check';
import { registrationToken, startRelay } from '../support/relay';
import { buildPackages } from '../support/stack/built-packages';

const command = join(__dirname, '..', '..', 'bin', 'agenttown-pairing-server.js');

/** Runs it without any account. */
async function check(args: string[], environment: Record<string, string> = {}) {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, ...rest } = process.env;
  const env = { ...rest, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nowhere', ...environment };
  const child = spawn(process.execPath, [command, 'check', ...args], { env });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code };
}

test('the local host is as expected in all that can be looked at there, and its hops are for the bench', async () => {
  buildPackages();
  const relay = await startRelay();
  const directory = mkdtempSync(join(tmpdir(), 'agenttown-check-'));
  const [report, hopsFile] = [join(directory, 'check.md'), join(directory, 'hops.json')];
  try {
    const { out, err, code } = await check(
      [
        '--url',
        relay.url,
        '--minutes',
        '0',
        '--suite',
        'monitor',
        '--json',
        '--out',
        report,
        '--hops',
        hopsFile,
      ],
      { AGENTTOWN_PAIRING_TOKEN: registrationToken },
    );
    const found = JSON.parse(out) as Findings;
    const outcomes = Object.fromEntries(found.looks.map(({ id, outcome }) => [id, outcome]));
    expect(outcomes).toEqual({
      ...Object.fromEntries([...measuring, ...waiting, ...last].map(({ id }) => [id, 'as-expected'])),
      'idle-socket': 'not-tried',
      'cold-starts': 'not-tried',
      // Without the edge, as relays of tests are.
      'path-form': 'not-tried',
      // How soon, depends on what else this machine does.
      'fifty-streams': expect.stringMatching(/^(as-expected|otherwise)$/),
    });
    expect(found.looks.find(({ id }) => id === 'fifty-streams')?.figures).toMatchObject({ broken: 0 });
    expect(found.conformance).toMatchObject({ holds: true, failed: [] });
    expect(found.conformance!.counts.passed).toBeGreaterThan(5);
    expect([code, err]).toEqual([isWell(found) ? 0 : 1, expect.not.stringContaining('Warning')]);
    expect(readFileSync(report, 'utf8')).toContain('| errors at the edge are not kept | as expected |');
    const measured = JSON.parse(readFileSync(hopsFile, 'utf8'));
    expect(Object.keys(measured).sort()).toEqual(['dynamodb', 'invocation', 'post']);
    const queue = hops.queue;
    useHops(measured);
    expect(hops).toEqual({ ...measured, queue });
    expect(JSON.stringify(found)).not.toContain(registrationToken);
  } finally {
    await relay.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}, 180_000);

test('without a Region, and with a URL, a token or a look that cannot be, it is refused in a sentence', async () => {
  const found = await Promise.all([
    check([]),
    check(['--url', 'ftp://x']),
    check(['--url', 'http://127.0.0.1:9']),
    check(['--only', 'nothing']),
    check(['--minutes', 'many']),
  ]);
  expect(found.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
    [1, expect.stringMatching(/^No AWS Region is chosen: say --region/)],
    [2, '--url begins with http:// or https://.'],
    [1, expect.stringMatching(/^http:\/\/127\.0\.0\.1:9 was not reached: /)],
    [1, expect.stringContaining('There is no nothing.')],
    [1, expect.stringContaining('It is a number of minutes, 0 to 15.')],
  ]);
}, 60_000);

test('whatever is otherwise than expected stands in the report, with what does not hold', () => {
  const findings: Findings = {
    url: 'https://x',
    stackName: 'Trial',
    startedAt: '2026-11-25T00:00:00Z',
    durationMs: 5_000,
    conformance: {
      holds: false,
      counts: { passed: 1, failed: 1, notTried: 0 },
      failed: [{ id: 'relay-health', section: 'Routes', says: '| `GET /health` |', reason: 'it was 500' }],
    },
    looks: [{ id: 'pings', title: 'pings', expected: 'pongs', outcome: 'otherwise', found: 'a | b' }],
  };
  const report = markdownOf(findings);
  expect(report).toContain('Not all is as expected.');
  expect(report).toContain('| pings | **otherwise** | a \\| b | pongs |');
  expect(report).toContain('- `relay-health` (Routes): “| `GET /health` |” it was 500');
});

test('cold starts are read from every group of the stack, page by page', async () => {
  const report = (initDurationMs: number) => ({
    message: JSON.stringify({ type: 'platform.report', record: { metrics: { initDurationMs } } }),
  });
  const asked: string[] = [];
  const pages = [
    { logGroups: [{ logGroupName: 'Trial-Rpc' }], nextToken: 'more' },
    { logGroups: [{ logGroupName: 'Trial-Socket' }] },
    { events: [report(310.5), { message: 'no JSON' }], nextToken: 'more' },
    { events: [report(290)] },
    { events: [] },
  ];
  const client = {
    send: async ({ input }: { input: object }) => {
      asked.push(JSON.stringify(input));
      return pages.shift()!;
    },
  };
  const found = await readColdStarts('Trial', 86_400_000, client);
  expect([...found]).toEqual([
    ['Trial-Rpc', [310.5, 290]],
    ['Trial-Socket', []],
  ]);
  expect(asked.filter((input) => input.includes('"nextToken":"more"'))).toHaveLength(2);
  expect(asked[0]).toContain('"logGroupNamePrefix":"Trial-"');
});

test('the bench takes no hop that it does not know, and none without sense', () => {
  expect(() => useHops({ moon: { p50Ms: 1, p99Ms: 2 } })).toThrow(/There is no hop moon/);
  expect(() => useHops({ post: { p50Ms: 5, p99Ms: 2 } })).toThrow(/The hop post needs/);
  expect(figureOf([3, 1, 2])).toEqual({ p50Ms: 2, p99Ms: 3 });
});
