/** The stores in memory: the same contract as the DynamoDB tables, held to it by the same suite. */

import type { CallStore } from '../../../lambdas/core/call/ports';
import type { AttemptStore, SourceAttempts } from '../../../lambdas/core/pairing/attempt-ports';
import {
  type AccessCode,
  type Client,
  type ClientStore,
  type DescriptorStore,
  type Gateway,
  type GatewayStore,
  leaseKinds,
  type PairingStore,
  type WaitingDescriptor,
} from '../../../lambdas/core/pairing/ports';
import type { Connection, ConnectionStore } from '../../../lambdas/core/presence/ports';
import { limits } from '../../../lambdas/core/wire/limits';
import { memoryCalls } from './memory-calls';
import { enterAmong, without } from './memory-sockets';

const mostLeases = { calls: limits.maxCallsPerClient, streams: limits.maxStreamsPerClient };

/** All stores over one set of maps. */
export interface Stores {
  gateways: GatewayStore;
  pairings: PairingStore;
  descriptors: DescriptorStore;
  attempts: AttemptStore;
  clients: ClientStore;
  connections: ConnectionStore;
  calls: CallStore;
}

/** Fresh, empty stores. */
export function memoryStores(): Stores {
  const gateways = new Map<string, Gateway>();
  const leaving = new Set<string>();
  const codes = new Map<string, AccessCode>();
  const clients = new Map<string, Client>();
  return {
    gateways: memoryGateways(gateways, leaving),
    pairings: memoryPairings(gateways, leaving, codes, clients),
    descriptors: memoryDescriptors(),
    attempts: memoryAttempts(),
    clients: {
      async readWithGateway(gatewayId, clientId, nowMs) {
        const client = clients.get(`${gatewayId}/${clientId}`);
        const gateway = gateways.get(gatewayId);
        return {
          ...(client && client.expiresAtMs > nowMs ? { client } : {}),
          ...(gateway && !leaving.has(gatewayId) ? { gateway } : {}),
        };
      },
      list: async (gatewayId, nowMs) =>
        [...clients.values()].filter((row) => row.gatewayId === gatewayId && row.expiresAtMs > nowMs),
      async remove(gatewayId, clientId, nowMs) {
        const client = clients.get(`${gatewayId}/${clientId}`);
        if (!client || client.expiresAtMs <= nowMs) return 'not-found';
        clients.delete(`${gatewayId}/${clientId}`);
        return client;
      },
      async removeAll(gatewayId) {
        const removed = [...clients.values()].filter((client) => client.gatewayId === gatewayId);
        for (const { clientId } of removed) clients.delete(`${gatewayId}/${clientId}`);
        return removed;
      },
      async used({ gatewayId, clientId, tokenHash }, lastUsedAtMs, expiresAtMs) {
        const key = `${gatewayId}/${clientId}`;
        const client = clients.get(key);
        if (client?.tokenHash === tokenHash) clients.set(key, { ...client, lastUsedAtMs, expiresAtMs });
      },
      async enter({ gatewayId, clientId, tokenHash }, socket) {
        const key = `${gatewayId}/${clientId}`;
        const client = clients.get(key);
        if (client?.tokenHash !== tokenHash) return 'gone';
        const { now, entered } = enterAmong(client.sockets, socket);
        clients.set(key, { ...client, sockets: now });
        return entered;
      },
      async hold({ gatewayId, clientId, tokenHash }, leases, nowMs, dropping) {
        const key = `${gatewayId}/${clientId}`;
        const client = clients.get(key);
        if (client?.tokenHash !== tokenHash) return 'gone';
        const held = { ...client };
        for (const kind of leaseKinds) {
          const lease = leases[kind];
          if (!lease) continue;
          const over = new Set(kind === 'calls' ? dropping?.over.map(({ id }) => id) : []);
          const live = client[kind].filter(
            ({ id, untilMs }) => untilMs > nowMs && id !== lease.id && !over.has(id),
          );
          if (live.length >= mostLeases[kind]) return 'full';
          held[kind] = [...live, lease];
        }
        clients.set(key, held);
        return held;
      },
      async giveBack({ gatewayId, clientId }, leases) {
        const key = `${gatewayId}/${clientId}`;
        const client = clients.get(key);
        if (!client) return;
        const left = { ...client };
        for (const kind of leaseKinds) left[kind] = client[kind].filter(({ id }) => id !== leases[kind]?.id);
        clients.set(key, left);
      },
      async leave({ gatewayId, clientId }, socket) {
        const key = `${gatewayId}/${clientId}`;
        const client = clients.get(key);
        if (client) clients.set(key, { ...client, sockets: without(client.sockets, socket) });
      },
    },
    connections: memoryConnections(),
    calls: memoryCalls(),
  };
}

function memoryGateways(rows: Map<string, Gateway>, leaving: Set<string>): GatewayStore {
  const staying = (gatewayId: string) => (leaving.has(gatewayId) ? undefined : rows.get(gatewayId));
  const change = (gatewayId: string, to: (gateway: Gateway) => Gateway) => {
    const gateway = staying(gatewayId);
    if (gateway) rows.set(gatewayId, to(gateway));
    return gateway !== undefined;
  };
  return {
    read: async (gatewayId) => staying(gatewayId),
    readEvenLeaving: async (gatewayId) => rows.get(gatewayId),
    async create(gateway) {
      if (rows.has(gateway.gatewayId)) return 'exists';
      rows.set(gateway.gatewayId, gateway);
      return 'created';
    },
    async describe(gatewayId, details) {
      return change(gatewayId, ({ machineId: _, ...gateway }) => ({ ...gateway, ...details }))
        ? 'described'
        : 'gone';
    },
    async enter(gatewayId, socket, secretHash) {
      const gateway = staying(gatewayId);
      if (gateway?.secretHash !== secretHash) return 'gone';
      const { now, entered } = enterAmong(gateway.sockets, socket);
      rows.set(gatewayId, { ...gateway, sockets: now, lastSeenAtMs: socket.connectedAtMs });
      return entered;
    },
    async leave(gatewayId, socket, atMs) {
      const gateway = staying(gatewayId);
      if (!gateway) return 'not-there';
      const left = without(gateway.sockets, socket);
      if (left.length === gateway.sockets.length) return gateway.leftAtMs === atMs ? { left } : 'not-there';
      rows.set(gatewayId, { ...gateway, sockets: left, leftAtMs: atMs });
      return { left };
    },
    async seen(gatewayId, socket, atMs, features) {
      const gateway = staying(gatewayId);
      if (!gateway?.sockets.some(({ connectionId }) => connectionId === socket.connectionId))
        return 'not-there';
      rows.set(gatewayId, { ...gateway, lastSeenAtMs: atMs, ...(features ? { features } : {}) });
      return 'seen';
    },
    async rotateSecret(gatewayId, from, to, atMs) {
      const gateway = staying(gatewayId);
      if (gateway?.secretHash !== from) return 'gone';
      rows.set(gatewayId, { ...gateway, sockets: [], secretHash: to, leftAtMs: atMs });
      return { sockets: gateway.sockets };
    },
    async startRemoval(gatewayId, secretHash) {
      const gateway = rows.get(gatewayId);
      if (gateway?.secretHash !== secretHash) return 'gone';
      leaving.add(gatewayId);
      return gateway;
    },
    async remove(gatewayId) {
      rows.delete(gatewayId);
      leaving.delete(gatewayId);
    },
  };
}

function memoryPairings(
  gateways: Map<string, Gateway>,
  leaving: Set<string>,
  codes: Map<string, AccessCode>,
  clients: Map<string, Client>,
): PairingStore {
  return {
    async issueCode(code, replaces) {
      const gateway = leaving.has(code.gatewayId) ? undefined : gateways.get(code.gatewayId);
      if (!gateway || gateway.accessCodeHash !== replaces || codes.has(code.codeHash)) return 'changed';
      if (replaces) codes.delete(replaces);
      gateways.set(code.gatewayId, { ...gateway, accessCodeHash: code.codeHash });
      codes.set(code.codeHash, code);
      return 'issued';
    },
    async readCode(codeHash, nowMs) {
      const code = codes.get(codeHash);
      return code && code.expiresAtMs > nowMs ? code : undefined;
    },
    async forgetCode(codeHash) {
      codes.delete(codeHash);
    },
    async redeem(code, client, nowMs) {
      const stored = codes.get(code.codeHash);
      const gateway = leaving.has(code.gatewayId) ? undefined : gateways.get(code.gatewayId);
      if (!stored || stored.expiresAtMs <= nowMs || gateway?.accessCodeHash !== code.codeHash) return 'dead';
      const { accessCodeHash: _, ...rest } = gateway;
      codes.delete(code.codeHash);
      gateways.set(code.gatewayId, rest);
      clients.set(`${client.gatewayId}/${client.clientId}`, client);
      return 'redeemed';
    },
  };
}

function memoryDescriptors(): DescriptorStore {
  const rows = new Map<string, WaitingDescriptor>();
  const live = (codeHash: string, nowMs: number) => {
    const row = rows.get(codeHash);
    return row && row.expiresAtMs > nowMs ? row : undefined;
  };
  return {
    async leave(waiting, nowMs) {
      if (live(waiting.codeHash, nowMs)) return 'code-exists';
      rows.set(waiting.codeHash, waiting);
      return 'left';
    },
    async take(codeHash, nowMs) {
      const row = live(codeHash, nowMs);
      if (row) rows.delete(codeHash);
      return row?.descriptor;
    },
  };
}

function memoryAttempts(): AttemptStore {
  const rows = new Map<string, SourceAttempts>();
  const minutes = new Map<number, number>();
  const minuteOf = (ms: number) => Math.floor(ms / 60_000);
  const change = (source: string, windowEndsAtMs: number, by: (row: SourceAttempts) => SourceAttempts) => {
    const row = rows.get(source);
    if (row?.windowEndsAtMs === windowEndsAtMs) rows.set(source, by(row));
  };
  return {
    async read(source, nowMs) {
      const row = rows.get(source);
      const minute = minuteOf(nowMs);
      const failuresOfAll = Math.max(minutes.get(minute) ?? 0, minutes.get(minute - 1) ?? 0);
      return { ...(row ? { row } : {}), failuresOfAll };
    },
    async open(source, endedAtMs, windowEndsAtMs) {
      if (rows.get(source)?.windowEndsAtMs !== endedAtMs) return 'changed';
      rows.set(source, { taken: 1, failures: 0, failedAtMs: 0, windowEndsAtMs });
      return 'taken';
    },
    async join(source, windowEndsAtMs, places) {
      const row = rows.get(source);
      if (row?.windowEndsAtMs !== windowEndsAtMs || row.taken >= places) return 'changed';
      rows.set(source, { ...row, taken: row.taken + 1 });
      return 'taken';
    },
    async giveBack(source, windowEndsAtMs) {
      change(source, windowEndsAtMs, (row) => ({ ...row, taken: row.taken - 1 }));
    },
    async fail(source, windowEndsAtMs, atMs) {
      change(source, windowEndsAtMs, (row) => ({ ...row, failures: row.failures + 1, failedAtMs: atMs }));
    },
    async countFailure(atMs) {
      minutes.set(minuteOf(atMs), (minutes.get(minuteOf(atMs)) ?? 0) + 1);
    },
  };
}

/** Fresh, empty connections. */
export function memoryConnections(): ConnectionStore {
  const rows = new Map<string, Connection>();
  return {
    async put(connection) {
      rows.set(connection.connectionId, connection);
    },
    async read(connectionId, nowMs) {
      const connection = rows.get(connectionId);
      return connection && connection.expiresAtMs > nowMs ? connection : undefined;
    },
    async remove(connectionId) {
      rows.delete(connectionId);
    },
  };
}
