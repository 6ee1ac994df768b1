import { type AccountFlags, requireAccount, useAccount } from '../../bin/account';
import { alarmsThatRing, type Deployment, readDeployment } from '../../bin/deployment';
import { lossesOf } from '../../bin/losses';
import { readStatus, statusText } from '../../bin/status';
import { readToken, rotateToken, tokenArnOf } from '../../bin/token';

const deployment: Deployment = {
  stackName: 'Pairing',
  state: 'UPDATE_COMPLETE',
  outputs: { PublicUrl: 'http://127.0.0.1:1', RegistrationTokenArn: 'arn:token' },
  options: {},
};
/** A client that answers every command alike and notes what it was sent. */
function client<Answer>(...answers: Answer[]) {
  const inputs: Array<Record<string, unknown>> = [];
  return {
    inputs,
    send: async (command: { input: object }) => {
      inputs.push(command.input as Record<string, unknown>);
      return answers.shift() as Answer;
    },
  };
}

test('outputs and the options of the last deployment are read from the stack', async () => {
  const stack = {
    StackStatus: 'CREATE_COMPLETE',
    Outputs: [
      { OutputKey: 'PublicUrl', OutputValue: 'https://x' },
      { OutputKey: 'Options', OutputValue: '{"edge":"true"}' },
    ],
  };
  const found = await readDeployment('Pairing', client({ Stacks: [stack] }));
  expect(found).toEqual({
    stackName: 'Pairing',
    state: 'CREATE_COMPLETE',
    outputs: { PublicUrl: 'https://x' },
    options: { edge: 'true' },
  });
});

test('a stack that is not there is a sentence that says where to look', async () => {
  const absent = { send: () => Promise.reject(new Error('Stack with id Pairing does not exist')) };
  await expect(readDeployment('Pairing', absent)).rejects.toThrow(
    /no stack Pairing in this account and Region/,
  );
});

test('what AWS refuses is a sentence with its reason', async () => {
  const refusing = { send: () => Promise.reject(new Error('Access is denied')) };
  await expect(readDeployment('Pairing', refusing)).rejects.toThrow(
    /could not be asked about Pairing: Access is denied/,
  );
});

test('every page of alarms that ring is read, and of this stack alone', async () => {
  const pages = client(
    { MetricAlarms: [{ AlarmName: 'a', AlarmDescription: 'A' }], NextToken: 'more' },
    { MetricAlarms: [{ AlarmName: 'b', AlarmDescription: 'B' }] },
  );
  const found = await alarmsThatRing('Pairing', pages);
  expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(pages.inputs).toEqual([
    { AlarmNamePrefix: 'Pairing-', StateValue: 'ALARM' },
    { AlarmNamePrefix: 'Pairing-', StateValue: 'ALARM', NextToken: 'more' },
  ]);
});

test('a deployment whose health does not answer is not well, and the text says why', async () => {
  const status = await readStatus(
    'Pairing',
    async () => deployment,
    async () => [{ name: 'Faults', description: 'Requests were answered with 500.' }],
  );
  expect(status.well).toBe(false);
  expect(statusText(status)).toMatch(/health +no answer/);
  expect(statusText(status)).toContain('Requests were answered with 500.');
});

test('a deployment in which nothing rings says so in words that cannot be read the other way', () => {
  const health = { ok: true, version: '1.0.0' };
  const quiet = statusText({ ...deployment, health, alarms: [], well: true });
  expect(quiet).toMatch(/^alarms +all quiet$/m);
  const two = [1, 2].map((at) => ({ name: `Alarm${at}`, description: 'Why.' }));
  expect(statusText({ ...deployment, health, alarms: two, well: false })).toMatch(/^alarms +2 ringing$/m);
});

test('the account is whom the flags name, and the Region also what the AWS CLI calls so', () => {
  const chosen = (flags: AccountFlags, environment: Record<string, string> = {}) => {
    const changed: Record<string, string | undefined> = { ...environment };
    useAccount(flags, changed);
    return [changed.AWS_PROFILE, changed.AWS_REGION];
  };
  expect(chosen({ profile: 'work', region: 'eu-central-1' }, { AWS_REGION: 'us-west-2' })).toEqual([
    'work',
    'eu-central-1',
  ]);
  expect(chosen({}, { AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual([undefined, 'eu-west-1']);
  expect(chosen({})).toEqual([undefined, undefined]);
});

test('a missing Region or missing credentials are a sentence that names flag and variable', async () => {
  const there = async () => 'there';
  const missing = () => Promise.reject(new Error('Not found.'));
  await requireAccount({ region: there, credentials: there });
  await expect(requireAccount({ region: missing, credentials: there })).rejects.toThrow(
    /--region, or set AWS_REGION/,
  );
  await expect(requireAccount({ region: there, credentials: missing })).rejects.toThrow(
    /--profile, or set AWS_PROFILE, .* \(Not found\.\)/,
  );
});

test('the token is found by the outputs, read and rotated', async () => {
  expect(tokenArnOf(deployment.outputs)).toBe('arn:token');
  expect(await readToken('arn:token', client({ SecretString: 'the token' }))).toBe('the token');
  const secrets = client({});
  await rotateToken('arn:token', secrets);
  expect(secrets.inputs).toEqual([
    { SecretId: 'arn:token', SecretString: expect.stringMatching(/^[\w-]{43}$/) },
  ]);
});

test('open registration has no token to show', () => {
  expect(() => tokenArnOf({})).toThrow('This deployment has open registration: there is no token.');
});

test('destroy says that a retained deployment keeps its data, and that a trial loses it', () => {
  const data = expect.stringContaining('every paired App');
  expect(lossesOf(deployment).stays).toContainEqual(data);
  expect(lossesOf(deployment).lost).not.toContainEqual(data);
  const trial = lossesOf({ ...deployment, options: { removalPolicy: 'destroy' } });
  expect(trial.lost).toContainEqual(data);
  expect(trial.stays).toEqual([]);
});
