import type { Stack } from 'aws-cdk-lib';
import { Duration } from 'aws-cdk-lib';
import { type Host, startHost } from '../../../local/host';
import { FixtureLog } from '../fixture-client';
import { fixtureAssembly, fixtureFunction } from '../fixture-stack';

let host: Host | undefined;
const log = new FixtureLog();

afterEach(() => host?.stop());

/** Starts a host of functions and gives the logical ids in their order. */
async function run(build: (stack: Stack) => void): Promise<string[]> {
  host = await startHost({ assembly: fixtureAssembly(build), onLog: log.write });
  return host.functions.definitions.map(({ logicalId }) => logicalId);
}

test('a function has the environment of Lambda and its own, and nothing of this process', async () => {
  process.env.OF_THIS_PROCESS = 'secret';
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'Env', 'return process.env', { environment: { OWN: 'value' }, memorySize: 512 });
  });
  const outcome = await host!.functions.invoke(id!, {});
  expect(outcome).toMatchObject({
    kind: 'ok',
    payload: {
      OWN: 'value',
      AWS_LAMBDA_FUNCTION_NAME: id,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: 'us-east-1',
      _HANDLER: 'index.handler',
    },
  });
  expect(JSON.stringify(outcome)).not.toContain('OF_THIS_PROCESS');
});

test('invocations of one function run side by side and keep its module state until a restart', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(
      stack,
      'Count',
      'globalThis.count = (globalThis.count ?? 0) + 1; return globalThis.count;',
    );
  });
  const { functions } = host!;
  expect(functions.temperature(id!)).toBe('cold');
  const outcomes = await Promise.all([1, 2, 3].map(() => functions.invoke(id!, {})));
  expect(outcomes.map((outcome) => outcome.kind === 'ok' && outcome.payload)).toEqual([1, 2, 3]);
  expect(functions.temperature(id!)).toBe('warm');
  await functions.restart(id);
  expect(functions.temperature(id!)).toBe('cold');
  expect(await functions.invoke(id!, {})).toEqual({ kind: 'ok', payload: 1 });
});

test('a restart fails the invocations under way, and the next one works', async () => {
  const [id] = await run((stack) => {
    const body = 'if (event.hang) { console.log("hangs"); await new Promise(() => {}); } return "fine";';
    fixtureFunction(stack, 'Hang', body, { timeout: Duration.seconds(20) });
  });
  const hanging = host!.functions.invoke(id!, { hang: true });
  await log.line(/hangs/);
  await host!.functions.restart(id);
  expect(await hanging).toMatchObject({ kind: 'function-error', error: { errorType: 'Runtime.ExitError' } });
  expect(await host!.functions.invoke(id!, {})).toEqual({ kind: 'ok', payload: 'fine' });
});

test('a timeout gives up one invocation and leaves the others alone', async () => {
  const [id] = await run((stack) => {
    const body =
      'if (event.hang) await new Promise(() => {}); await new Promise((r) => setTimeout(r, 600)); return "fine";';
    fixtureFunction(stack, 'Hang', body, { timeout: Duration.seconds(1) });
  });
  const hanging = host!.functions.invoke(id!, { hang: true });
  const done = host!.functions.invoke(id!, {});
  expect(await done).toEqual({ kind: 'ok', payload: 'fine' });
  expect(await hanging).toMatchObject({ kind: 'function-error', error: { errorType: 'Sandbox.Timedout' } });
});

test('a crash of the process fails what it runs, and the next invocation starts a fresh one', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'Crash', 'if (event.exit) process.exit(3); return "fine";');
  });
  expect(await host!.functions.invoke(id!, { exit: true })).toMatchObject({
    kind: 'function-error',
    error: { errorMessage: 'Runtime exited with status 3' },
  });
  expect(await host!.functions.invoke(id!, {})).toEqual({ kind: 'ok', payload: 'fine' });
});

test('a handler that is not there is an error of every invocation', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'Missing', 'return 1', { handler: 'index.other' });
  });
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await host!.functions.invoke(id!, {})).toMatchObject({
      kind: 'function-error',
      error: { errorType: 'Runtime.HandlerNotFound' },
    });
  }
});

test('reserved concurrency is a limit', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'One', 'await new Promise((r) => setImmediate(r)); return 1', {
      reservedConcurrentExecutions: 1,
    });
  });
  const kinds = await Promise.all([1, 2].map(() => host!.functions.invoke(id!, {})));
  expect(kinds.map(({ kind }) => kind)).toEqual(['ok', 'throttled']);
});

test('every log line of a function is out when the host has stopped', async () => {
  const [id] = await run((stack) => {
    fixtureFunction(stack, 'Loud', "for (let n = 0; n < 500; n++) console.log('line ' + n); return 1");
  });
  await host!.functions.invoke(id!, {});
  await host!.stop();
  expect(log.lines.filter(({ line }) => /^line \d+$/.test(line))).toHaveLength(500);
});
