/** A relay in memory, whole enough to hand it frames: what `lambdas/socket.ts` makes of the tables, made of Maps. */
import { randomBytes } from 'node:crypto';
import { prepareCall } from '../../../lambdas/core/call/prepare-call';
import { SeenCalls } from '../../../lambdas/core/call/seen-calls';
import type { NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { redeemAccessCode } from '../../../lambdas/core/pairing/clients';
import { issueAccessCode, registerGateway } from '../../../lambdas/core/pairing/gateways';
import { revokeClient } from '../../../lambdas/core/pairing/owner';
import type { CallSweep, Client, Gateway, OpenSocket } from '../../../lambdas/core/pairing/ports';
import { heedGuard } from '../../../lambdas/core/push/guards';
import { telling } from '../../../lambdas/core/push/tell-end';
import { CallMemory } from '../../../lambdas/core/reply/call-memory';
import { handleFrame } from '../../../lambdas/core/socket/handle-frame';
import { closeSocket, openAppSocket, openRuntimeSocket } from '../../../lambdas/core/socket/open-socket';
import type { Guard } from '../../../lambdas/core/wire/guards';
import { FakeClock } from './fake-clock';
import { memoryGuards } from './memory-guards';
import { memoryMonitor } from './memory-monitor';
import { memorySocketsApi } from './memory-sockets-api';
import { memoryStores } from './memory-stores';

export const t0 = 1_800_000_000_000;
let serial = 0;

/** Makes the relay. `stores` may be watched or broken by a test. */
export function memoryWorld(stores = memoryStores(), state?: Parameters<typeof memorySocketsApi>[0]) {
  const clock = new FakeClock(t0);
  const api = memorySocketsApi(state);
  const events: NewEvent[] = [];
  const recorder = {
    record: (event: NewEvent | (() => NewEvent)) =>
      void events.push(typeof event === 'function' ? event() : event),
    flush: async () => {},
    idle: () => {},
  };
  const random = (count: number) => randomBytes(count);
  const paramsUrlOf = (frameId: string) => `https://relay.example/${frameId}`;
  const memory = new CallMemory();
  const queue = memoryGuards(clock);
  const callSweep: CallSweep = { removeAll: async () => {}, withdrawAll: async () => {} };
  const world = telling({
    ...stores,
    ...api,
    callSweep,
    guards: queue.guards,
    clock,
    recorder,
    random,
    paramsUrlOf,
    memory,
    seenCalls: new SeenCalls(),
    requestId: 'request',
    accessCodeTtlMs: 600_000,
  });
  const socketOf = (name: string) => ({ connectionId: `${name} ${++serial}`, connectedAtMs: clock.now() });
  return {
    ...world,
    /** As they are, without telling anybody of an end. */
    stores,
    events,
    queue,
    /** Lets the guards come that are due until `untilMs`, each when its time has come. */
    async guardsUntil(untilMs: number) {
      for (let atMs = queue.nextAtMs(); atMs !== undefined && atMs <= untilMs; atMs = queue.nextAtMs()) {
        await clock.sleep(Math.max(0, atMs - clock.now()));
        for (const guard of queue.due()) await heedGuard(world, guard);
      }
      await clock.sleep(Math.max(0, untilMs - clock.now()));
    },
    heed: (guard: Guard) => heedGuard(world, guard),
    openRuntime: (gateway: Gateway, socket: OpenSocket) => openRuntimeSocket(world, gateway, socket),
    closeSocket: (connectionId: string) =>
      closeSocket({ ...world, watchers: memoryMonitor().watchers }, connectionId, clock.now()),
    revoke: (credential: string, clientId: string) => revokeClient(world, credential, clientId, clock.now()),
    /** Another socket of an App. */
    async openApp(client: Client) {
      const socket = socketOf('app');
      await openAppSocket(world, client, socket);
      return socket.connectionId;
    },
    /** A registered runtime with an open socket. */
    async runtime(name = 'runtime') {
      const registered = await registerGateway(world, { runtimeType: 'openclaw' }, clock.now());
      const socket = socketOf(name);
      await openRuntimeSocket(world, (await stores.gateways.read(registered.gatewayId))!, socket);
      return { ...registered, socket: socket.connectionId };
    },
    /** An App that redeemed a runtime's code, with an open socket. */
    async app({ accessCode }: { accessCode: string }) {
      const redeemed = await redeemAccessCode(world, { accessCode }, clock.now());
      const { client } = await stores.clients.readWithGateway(
        redeemed.gateway.gatewayId,
        redeemed.clientId,
        clock.now(),
      );
      const socket = socketOf('app');
      await openAppSocket(world, client!, socket);
      return { ...redeemed, client: client!, socket: socket.connectionId };
    },
    /** A further code of a gateway. */
    code: async (gatewayId: string) =>
      issueAccessCode(world, (await stores.gateways.read(gatewayId))!, clock.now()),
    /** A further socket of a gateway's runtime. */
    async socketOf(gatewayId: string, name = 'its runtime') {
      const socket = socketOf(name);
      await openRuntimeSocket(world, (await stores.gateways.read(gatewayId))!, socket);
      return socket.connectionId;
    },
    /** A call that is open, as its waiter left it. */
    async opened(gatewayId: string, clientId: string, more: { id?: string; followed?: boolean } = {}) {
      const gateway = (await stores.gateways.read(gatewayId))!;
      const request = { gatewayId, method: 'm', id: more.id, timeoutMs: 30_000 };
      const client = { gatewayId, clientId };
      const followed = more.followed ?? true;
      const nowMs = clock.now();
      const prepared = prepareCall({ request, followed, client, gateway, random, paramsUrlOf, nowMs });
      await stores.calls.open(prepared.call, nowMs);
      return { ...prepared.call, frameId: JSON.parse(prepared.command).id as string };
    },
    /** Hands over a frame. */
    frame: (connectionId: string, frame: unknown) =>
      handleFrame(
        world,
        connectionId,
        typeof frame === 'string' ? frame : JSON.stringify(frame),
        clock.now(),
      ),
  };
}
