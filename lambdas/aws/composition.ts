/** The composition root: what the core needs, made once per function instance from what the stack granted. */
import { randomBytes } from 'node:crypto';
import { callSweep as makeCallSweep } from '../core/call/calls-under-way';
import type { CallStore } from '../core/call/ports';
import { SeenCalls } from '../core/call/seen-calls';
import type { EventStore, Recorder, TicketStore, WatcherStore } from '../core/monitor/ports';
import type { AttemptStore } from '../core/pairing/attempt-ports';
import { registrationsPerMinute } from '../core/pairing/attempts';
import type {
  CallSweep,
  ClientStore,
  DescriptorStore,
  GatewayStore,
  PairingStore,
} from '../core/pairing/ports';
import type { ConnectionStore, Sockets } from '../core/presence/ports';
import { telling } from '../core/push/tell-end';
import { CallMemory } from '../core/reply/call-memory';
import type { GuardQueue } from '../core/wire/guards';
import { callTable } from './call/call-table';
import { clock } from './clock';
import { sharedDynamo as client } from './dynamo/dynamo';
import { env, required } from './env';
import { eventTable } from './monitor/event-table';
import { ticketTable } from './monitor/ticket-table';
import { watcherTable } from './monitor/watcher-table';
import { attemptTable } from './pairing/attempt-table';
import { clientTable } from './pairing/client-table';
import { codeTable } from './pairing/code-table';
import { descriptorTable } from './pairing/descriptor-table';
import { gatewayTable } from './pairing/gateway-table';
import { cachedConnections } from './presence/cached-connections';
import { connectionTable } from './presence/connection-table';
import { guardQueue } from './presence/guard-queue';
import { managedSockets } from './presence/sockets';

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const names = {
  codes: () => required(env.codesTable),
  gateways: () => required(env.gatewaysTable),
  clients: () => required(env.clientsTable),
};

export const gateways: () => GatewayStore = once(() => gatewayTable(client(), names.gateways()));
export const clients: () => ClientStore = once(() =>
  clientTable(client(), { clients: names.clients(), gateways: names.gateways() }),
);
export const pairings: () => PairingStore = once(() =>
  codeTable(client(), {
    codes: names.codes(),
    gateways: names.gateways(),
    clients: names.clients,
  }),
);
export const descriptors: () => DescriptorStore = once(() => descriptorTable(client(), names.codes()));
export const attempts: () => AttemptStore = once(() => attemptTable(client(), required(env.attemptsTable)));
export const callSweep: () => CallSweep = once(() => makeCallSweep({ clients: clients(), calls: calls() }));
export const connections: () => ConnectionStore = once(() =>
  cachedConnections(connectionTable(client(), required(env.connectionsTable))),
);
export const calls: () => CallStore = once(() => callTable(client(), required(env.rpcsTable)));
export const events: () => EventStore = once(() => eventTable(client(), required(env.eventsTable)));
export const tickets: () => TicketStore = once(() => ticketTable(client(), names.codes()));
export const watchers: () => WatcherStore = once(() =>
  watcherTable(client(), required(env.connectionsTable)),
);
export const sockets: () => Sockets = once(() => managedSockets(required(env.managementEndpoint)));

export const guards: () => GuardQueue = once(() => guardQueue(required(env.guardQueueUrl)));

/** What presence needs: gateways and clients, connections, sockets. */
export const presenceWorld = once(() => ({
  gateways: gateways(),
  clients: clients(),
  connections: connections(),
  sockets: sockets(),
  guards: guards(),
}));

/** The system's random generator. */
export const random = (count: number): Uint8Array => randomBytes(count);

/** How long an access code lives, in milliseconds. */
export const accessCodeTtlMs = (): number => Number(required(env.accessCodeTtlSeconds)) * 1000;

/** The complete relay URL of a gateway. */
export const relayUrlOf = (gatewayId: string): string =>
  required(env.relayUrlTemplate).replace('{gatewayId}', encodeURIComponent(gatewayId));

/** How many registrations and descriptors a source may leave in a minute. */
export const mostRegistrations = (): number =>
  Number(process.env[env.registrationsPerMinute] ?? registrationsPerMinute);

/** What limiting guesses needs. */
export const attemptWorld = once(() => ({ attempts: attempts(), clock }));

/** Where a runtime fetches the params of a command. */
export const paramsUrlOf = (frameId: string): string =>
  `${required(env.publicUrl)}/api/relay/rpc/${encodeURIComponent(frameId)}/params`;

const memory = once(() => new CallMemory());
const seenCalls = once(() => new SeenCalls());

/** One run of a function: who takes its events, and the name that API Gateway or SQS gave it. */
interface Run {
  recorder: Recorder;
  requestId: string;
}

/** What ending calls needs: whoever listens is told. */
export const tellingWorld = ({ recorder, requestId }: Run) =>
  telling({
    calls: calls(),
    sockets: sockets(),
    guards: guards(),
    seenCalls: seenCalls(),
    clock,
    random,
    recorder,
    requestId,
  });

/** What a call needs, and who is told of it. */
export const callWorld = (run: Run) => ({
  ...presenceWorld(),
  ...tellingWorld(run),
  memory: memory(),
  paramsUrlOf,
});

/** What an owner's decisions need. */
export const ownerWorld = once(() => ({
  gateways: gateways(),
  clients: clients(),
  sockets: sockets(),
  pairings: pairings(),
  callSweep: callSweep(),
  guards: guards(),
  clock,
  random,
}));

/** The URL that opens a viewer's socket, once. */
export const viewerUrlOf = (ticket: string): string => `${required(env.relayUrl)}?ticket=${ticket}`;

/** The URL that opens an App's socket, once. */
export const ticketUrlOf = (gatewayId: string, ticket: string): string => {
  const url = new URL(relayUrlOf(gatewayId));
  url.searchParams.set('ticket', ticket);
  return url.href;
};
