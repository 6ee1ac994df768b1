import { logLineOf } from '../../../lambdas/aws/observe/log';

const time = new Date('2026-11-22T12:00:00Z');
const secret = `ats_${'aB3_'.repeat(15)}`;

test('a record has its time, level, service and message, and what came with it', () => {
  expect(JSON.parse(logLineOf('WARN', 'It failed', { where: 'here', status: 500 }, time))).toEqual({
    timestamp: '2026-11-22T12:00:00.000Z',
    level: 'WARN',
    service: 'agenttown-pairing-server',
    message: 'It failed',
    where: 'here',
    status: 500,
  });
});

test('a credential, an address and a query string are masked wherever they stand', () => {
  const url = 'wss://relay.example/relay?gatewayId=gw_1&secret=hunter2hunter2';
  const members = { reason: `refused ${secret} from 203.0.113.7`, nested: [{ url }], relaySecret: 'short' };
  const line = logLineOf('ERROR', `Could not reach ${url}`, members, time);
  for (const leak of [secret, '203.0.113.7', 'hunter2', 'gatewayId=', 'short'])
    expect(line).not.toContain(leak);
});

test('nobody who is logged forges a level or a line', () => {
  const line = logLineOf('WARN', 'one\ntwo', { level: 'NONE', timestamp: 'never' }, time);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({ level: 'WARN', timestamp: '2026-11-22T12:00:00.000Z' });
});

test('an error is logged with its stack, and a value that cannot be read stops nothing', () => {
  const error = new Error(`no such secret: ${secret}`);
  const line = logLineOf(
    'ERROR',
    'x',
    {
      error,
      odd: new Proxy(
        {},
        {
          ownKeys: () => {
            throw error;
          },
        },
      ),
    },
    time,
  );
  expect(line).not.toContain(secret);
  expect(JSON.parse(line).error.stack).toContain('log.test.ts');
});
