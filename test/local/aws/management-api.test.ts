import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { CfnOutput } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { AwsSide, ConnectionsBackend } from '../../../local/types';
import { clientsOf, fn, logicalId, started, stopAll, synthesized } from '../aws-side-fixture';

const assembly = synthesized((stack) => {
  const api = new WebSocketApi(stack, 'Sockets');
  const stage = new WebSocketStage(stack, 'Relay', {
    webSocketApi: api,
    stageName: 'relay',
    autoDeploy: true,
  });
  stage.grantManagementApiAccess(fn(stack, 'Sender'));
  fn(stack, 'Stranger');
  new CfnOutput(stack, 'Callback', { value: stage.callbackUrl });
});

const sent: string[] = [];
const at = new Date('2026-01-02T03:04:05.000Z');
const connections: ConnectionsBackend = {
  post: async (_api, _stage, id, data) => {
    if (id === 'busy' || id === 'gone') return id;
    sent.push(`${id}:${data}`);
    return 'sent';
  },
  describe: (_api, _stage, id) =>
    id === 'gone'
      ? undefined
      : { connectedAt: at, lastActiveAt: at, sourceIp: '192.0.2.1', userAgent: 'test' },
  disconnect: (_api, _stage, id) => (id === 'gone' ? 'gone' : 'closed'),
};

let side: AwsSide;
const client = (prefix = 'Sender', stage = 'relay') =>
  clientsOf(side, logicalId(assembly, 'AWS::Lambda::Function', prefix)).sockets(
    side.resolver.ref(logicalId(assembly, 'AWS::ApiGatewayV2::Api')),
    stage,
  );
const post = (ConnectionId: string, Data: string | Uint8Array = 'hello', prefix?: string, stage?: string) =>
  client(prefix, stage).send(new PostToConnectionCommand({ ConnectionId, Data }));

beforeAll(async () => {
  side = await started(assembly, { connections });
});
afterAll(stopAll);

test('a message reaches the socket, whatever characters its id has', async () => {
  await post('L0SM9cOFvHcCIhw=');
  expect(sent).toEqual(['L0SM9cOFvHcCIhw=:hello']);
  expect(side.meter.calls.at(-1)).toMatchObject({
    service: 'execute-api',
    operation: 'PostToConnection',
    resources: [logicalId(assembly, 'AWS::ApiGatewayV2::Api')],
    status: 200,
  });
});

test.each([
  ['a socket that is gone', () => post('gone'), 'GoneException', 410],
  ['a peer that is slow', () => post('busy'), 'LimitExceededException', 429],
  ['more than 128 KiB', () => post('a', new Uint8Array(131_073)), 'PayloadTooLargeException', 413],
  ['a function without the grant', () => post('a', 'x', 'Stranger'), 'AccessDeniedException', 403],
  ['a stage that is not there', () => post('a', 'x', 'Sender', 'other'), 'ForbiddenException', 403],
])('%s is refused as AWS refuses it', async (_, call, name, status) => {
  await expect(call()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

test('a connection is described and closed', async () => {
  const described = await client().send(new GetConnectionCommand({ ConnectionId: 'a' }));
  expect(described).toMatchObject({
    ConnectedAt: at,
    LastActiveAt: at,
    Identity: { SourceIp: '192.0.2.1', UserAgent: 'test' },
  });
  await client().send(new DeleteConnectionCommand({ ConnectionId: 'a' }));
  const again = client().send(new DeleteConnectionCommand({ ConnectionId: 'gone' }));
  await expect(again).rejects.toMatchObject({ name: 'GoneException' });
});

test('the callback URL of the template leads to the local endpoint', () => {
  const output = side.resolver.resolve(assembly.template.Outputs?.Callback?.Value);
  const apiId = side.resolver.ref(logicalId(assembly, 'AWS::ApiGatewayV2::Api'));
  expect(output).toBe(side.managementEndpoint(apiId, 'relay'));
});

test('a dead connection resets its next call only, which reaches nobody', async () => {
  const sender = client();
  const send = (ConnectionId: string) =>
    sender.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
  await send('before');
  side.disturb = () => [{ kind: 'reset' }];
  await expect(send('meanwhile')).rejects.toThrow('ECONNRESET');
  await send('on a new connection');
  side.disturb = undefined;
  expect(sent.slice(-2)).toEqual(['before:hello', 'on a new connection:hello']);
});

test.each([
  [false, 0],
  [true, 1],
])('a call that hangs is never answered (carried out: %s)', async (afterEffect, times) => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const sender = client();
  const send = (options = {}) =>
    sender.send(new PostToConnectionCommand({ ConnectionId: 'a', Data: 'hello' }), options);
  await send();
  side.disturb = () => {
    asked();
    return [{ kind: 'hang', afterEffect }];
  };
  const patience = new AbortController();
  const before = sent.length;
  const hanging = send({ abortSignal: patience.signal });
  await isAsked;
  side.disturb = undefined;
  // A later call that was answered shows that this one was not merely slow.
  await post('later');
  patience.abort();
  await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
  expect(sent.length - before).toBe(times + 1);
});
