import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { env } from '../../lambdas/aws/env';
import { access, columns, socketVerbs, tableVerbs } from '../../lib/access';
import type { FunctionName } from '../../lib/functions/functions';
import { PairingFunction } from '../../lib/functions/pairing-function';
import { stackApp } from '../support/stack/synthesized';

type Column = (typeof columns)[number];
interface Statement {
  Action: string | string[];
  Resource: unknown;
}

const { app } = stackApp({}, { bundled: false });
const stack = app.node.findChild('AgentTownPairing') as import('aws-cdk-lib').Stack;
const template = Template.fromStack(stack);
const functions = stack.node.findAll().filter((node) => node instanceof PairingFunction);

/** How a resource is recognized in a policy, and the variable by which a function knows it. */
const things: Record<Column, { mark: string; variable: string }> = {
  codes: { mark: '["CodesTable","Arn"]', variable: env.codesTable },
  gateways: { mark: '["GatewaysTable","Arn"]', variable: env.gatewaysTable },
  clients: { mark: '["ClientsTable","Arn"]', variable: env.clientsTable },
  connections: { mark: '["ConnectionsTable","Arn"]', variable: env.connectionsTable },
  rpcs: { mark: '["RpcsTable","Arn"]', variable: env.rpcsTable },
  monitorEvents: { mark: '["MonitorEventsTable","Arn"]', variable: env.eventsTable },
  attempts: { mark: '["AttemptsTable","Arn"]', variable: env.attemptsTable },
  sockets: { mark: '/@connections/*', variable: env.managementEndpoint },
  guards: { mark: '["GuardQueue","Arn"]', variable: env.guardQueueUrl },
  token: { mark: '"RegistrationTokenSecret"', variable: env.registrationTokenArn },
};

/** What the template lets a function do. */
function statementsOf(fn: PairingFunction): Statement[] {
  const role = stack.getLogicalId(fn.role!.node.defaultChild as import('aws-cdk-lib').CfnElement);
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${role}"`))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

/** The letters that the template's policies amount to, in the order of the alphabet. */
function granted(fn: PairingFunction, column: Column): string {
  const statements = statementsOf(fn).filter(({ Resource }) =>
    JSON.stringify(Resource).includes(things[column].mark),
  );
  const letters = statements.flatMap(({ Action, Resource }) => {
    if (column === 'token') return 'R';
    if (column === 'guards')
      return lettersOf({ P: 'sqs:SendMessage', R: 'sqs:ReceiveMessage' }, (verb) =>
        [Action].flat().includes(verb),
      );
    if (column === 'sockets')
      return lettersOf(socketVerbs, (verb) => JSON.stringify(Resource).includes(`/${verb}/`));
    return lettersOf(tableVerbs, (verb) => [Action].flat().includes(`dynamodb:${verb}`));
  });
  return [...new Set(letters)].sort().join('') || '-';
}

function lettersOf(verbs: Record<string, string>, isGranted: (verb: string) => boolean): string[] {
  return Object.entries(verbs).flatMap(([letter, verb]) => (isGranted(verb) ? [letter] : []));
}

/** A row's letters but for the stream's, whose resource is another. */
const stated = (name: FunctionName, column: Column) =>
  [...access[name][columns.indexOf(column)]!]
    .filter((letter) => letter !== 'S')
    .sort()
    .join('') || '-';

test('every function of the stack, and no other, has a row in the matrix', () => {
  const handlers = readdirSync(join(__dirname, '..', '..', 'lambdas'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3));
  expect(functions.map(({ entry }) => entry).sort()).toEqual(Object.keys(access).sort());
  expect(handlers.sort()).toEqual(Object.keys(access).sort());
  template.resourceCountIs('AWS::Lambda::Function', functions.length);
});

test.each(Object.keys(access) as FunctionName[])('%s may do what its row says and nothing else', (name) => {
  const fn = functions.find(({ entry }) => entry === name)!;
  const expected = Object.fromEntries(columns.map((column) => [column, stated(name, column)]));
  expect(Object.fromEntries(columns.map((column) => [column, granted(fn, column)]))).toEqual(expected);
});

test.each(Object.keys(access) as FunctionName[])('%s is told the name of what it may touch', (name) => {
  const fn = functions.find(({ entry }) => entry === name)!;
  const id = stack.getLogicalId(fn.node.defaultChild as import('aws-cdk-lib').CfnElement);
  const { Variables } = template.findResources('AWS::Lambda::Function')[id]!.Properties.Environment;
  for (const column of columns)
    expect([column, things[column].variable in Variables]).toEqual([column, stated(name, column) !== '-']);
});

test("only the fan-out reads the stream of the monitor's events", () => {
  const readers = functions.filter((fn) =>
    JSON.stringify(statementsOf(fn)).includes('"dynamodb:GetRecords"'),
  );
  expect(readers.map(({ entry }) => entry)).toEqual(['monitor-fan-out']);
});
