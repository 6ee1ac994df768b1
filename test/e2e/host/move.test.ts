/** Data that leaves a server and comes into another: backups, and a move that nobody has to pair again for. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../bin/program';
import { call, type Paired, type Registered, redeem, register, request } from '../../support/api';
import { type Relay, startRelay } from '../../support/relay';
import { echo, TestRuntime } from '../../support/runtime';

const directory = mkdtempSync(join(tmpdir(), 'move-'));
const file = (name: string) => join(directory, name);
const relays: Relay[] = [];
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function start(db: string, stackName?: string): Promise<Relay> {
  const change = (assembly: { stackName: string }) => {
    if (stackName) assembly.stackName = stackName;
  };
  const relay = await startRelay({ dbFile: file(db), change });
  relays.push(relay);
  return relay;
}

/** Runs a command; gives what it said and its exit code. */
async function command(...args: string[]): Promise<{ said: string; exitCode: number }> {
  const said: string[] = [];
  const listen = (line: string) => void said.push(line);
  const spies = [jest.spyOn(console, 'log'), jest.spyOn(console, 'error')];
  for (const spy of spies) spy.mockImplementation(listen);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await run(['node', 'agenttown-pairing-server', ...args]);
    return { said: said.join('\n'), exitCode: Number(process.exitCode) };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

let first: Relay;
let registered: Registered;
let app: Paired;
beforeAll(async () => {
  first = await start('first.sqlite');
  registered = await register(first.url);
  app = await redeem(first.url, registered.accessCode);
  const leaving = await register(first.url);
  await request(first.url, 'DELETE /api/relay/gateway', { credential: leaving.relaySecret });
});

/** The runtime connects with the secret that it has, and the App calls with the token that it has. */
async function goesOn(relay: Relay): Promise<unknown> {
  const relayUrl = `${relay.host.relayUrl}?gatewayId=${registered.gatewayId}`;
  const runtime = await TestRuntime.connect({ ...registered, relayUrl }, echo);
  const answer = await call(relay.url, app, { method: 'echo', params: { still: 'here' } });
  await runtime.close();
  return answer.body.result;
}

test('a paired App and a runtime go on at another server, under another stack name, without pairing again', async () => {
  const runtime = await TestRuntime.connect(registered, echo);
  const exported = await command('export', file('move.jsonl'), '--db', file('first.sqlite'));
  expect(exported).toEqual({ said: expect.stringMatching(/^2 identities are in /), exitCode: 0 });
  await runtime.close();

  const second = await start('second.sqlite', 'AnotherStack');
  const imported = await command('import', file('move.jsonl'), '--db', file('second.sqlite'));
  expect(imported).toEqual({ said: '2 identities came in; 0 were there already.', exitCode: 0 });
  expect(await goesOn(second)).toEqual({ still: 'here' });

  const again = await command('import', file('move.jsonl'), '--db', file('second.sqlite'));
  expect(again.said).toBe('0 identities came in; 2 were there already.');
});

test('an export holds no credential, no socket and no code that waits, and its owner alone may read it', async () => {
  const runtime = await TestRuntime.connect(registered, echo);
  await command('export', file('held.jsonl'), '--db', file('first.sqlite'));
  await runtime.close();
  const text = readFileSync(file('held.jsonl'), 'utf8');
  expect(text).toContain(registered.gatewayId);
  for (const absent of [registered.relaySecret, app.clientToken, 'sockets', 'accessCodeHash', 'CodesTable'])
    expect(text).not.toContain(absent);
  expect((statSync(file('held.jsonl')).mode & 0o777).toString(8)).toBe('600');
});

test('a backup of a running server becomes a server again', async () => {
  const made = await command('backup', file('all.jsonl'), '--db', file('first.sqlite'));
  expect(made).toEqual({ said: expect.stringMatching(/^\d+ rows of /), exitCode: 0 });
  const restored = await command('restore', file('all.jsonl'), '--db', file('third.sqlite'));
  expect(restored).toEqual({ said: expect.stringMatching(/^\d+ rows of /), exitCode: 0 });
  expect(restored.said.split(' ')[0]).toBe(made.said.split(' ')[0]);
  expect(await goesOn(await start('third.sqlite'))).toEqual({ still: 'here' });
});

describe('refused with a sentence', () => {
  test.each([
    [
      'a file that is there',
      ['backup', 'held.jsonl', '--db', 'first.sqlite'],
      /is there already: name another file/,
    ],
    [
      'a data file that is there',
      ['restore', 'all.jsonl', '--db', 'first.sqlite'],
      /is there already: move it away/,
    ],
    ['a data file that is not there', ['export', 'x.jsonl', '--db', 'none.sqlite'], /There is no data file/],
    ['identities as a backup', ['restore', 'held.jsonl', '--db', 'new.sqlite'], /holds identities/],
    ['a backup as identities', ['import', 'all.jsonl', '--db', 'first.sqlite'], /holds a backup/],
    [
      'a file that was cut short',
      ['restore', 'cut.jsonl', '--db', 'new.sqlite'],
      /is not whole: its end is missing/,
    ],
    [
      'a line that was cut short',
      ['restore', 'torn.jsonl', '--db', 'new.sqlite'],
      /is not whole, or no file of this/,
    ],
    ['a stranger', ['import', 'strange.jsonl', '--db', 'first.sqlite'], /is no file of this program/],
    [
      'both kinds of server',
      ['export', 'x.jsonl', '--db', 'first.sqlite', '--stack', 'Mine'],
      /either --db or --stack/,
    ],
  ])('%s', async (_, args, sentence) => {
    const text = readFileSync(file('all.jsonl'), 'utf8');
    const lines = text.trimEnd().split('\n');
    writeFileSync(file('cut.jsonl'), `${lines.slice(0, -1).join('\n')}\n`);
    writeFileSync(file('torn.jsonl'), text.slice(0, text.length / 2));
    writeFileSync(file('strange.jsonl'), '{"hello":1}\n');
    const paths = args.map((word) => (/\./.test(word) ? file(word) : word));
    const { said, exitCode } = await command(...paths);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('    at ');
    expect(exitCode).toBeGreaterThan(0);
    expect(existsSync(file('new.sqlite'))).toBe(false);
  });
});
