/** What the routes of health, pairing and owners answer. */
import * as z from 'zod';
import { descriptorType } from '../../lambdas/core/pairing/descriptor-check';
import type { ClientView } from '../../lambdas/core/pairing/owner';
import { runtimeLimits as told } from '../../lambdas/core/wire/limits';
import type { Same } from './same';
import {
  anyJson,
  capabilities,
  clientId,
  count,
  displayName,
  gatewayId,
  relaySecret,
  relayUrl,
  runtimeType,
  time,
} from './words';

export const health = z
  .object({ ok: z.literal(true), service: z.literal('agenttown-pairing-server'), version: z.string(), time })
  .meta({ id: 'Health' });

export const pairingWaits = z
  .object({ ok: z.literal(true), type: z.literal(descriptorType), expiresAt: time })
  .meta({ id: 'PairingWaits', description: 'The descriptor waits behind its code.' });

export const descriptorTaken = z
  .object({ type: z.literal(descriptorType), descriptor: z.record(z.string(), anyJson) })
  .meta({ id: 'DescriptorTaken', description: 'The descriptor, which is gone from here with this answer.' });

/** What a runtime is told, so that it hard-codes none of it. */
export const runtimeLimits = z
  .object(
    Object.fromEntries(Object.keys(told).map((name) => [name, count])) as Record<
      keyof typeof told,
      typeof count
    >,
  )
  .meta({
    id: 'RuntimeLimits',
    description: 'Limits that a runtime meets; bytes and milliseconds.',
    examples: [told],
  });

const issuedCode = {
  accessCode: z
    .string()
    .regex(/^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    .meta({ description: 'For the person who pairs an App. Shown once.' }),
  accessCodeExpiresAt: time,
};

export const registered = z
  .object({ gatewayId, relaySecret, ...issuedCode, relayUrl, limits: runtimeLimits })
  .meta({ id: 'Registered', description: 'The identity of a runtime and a code for its first App.' });

export const codeIssued = z
  .object({ gatewayId, ...issuedCode })
  .meta({ id: 'CodeIssued', description: 'A new access code; an earlier unused one is dead.' });

const runtimeDetails = { runtimeType, displayName, capabilities };

export const redeemed = z
  .object({
    gatewayId,
    clientId,
    clientToken: z
      .string()
      .regex(/^atc_[A-Za-z0-9_-]{43,80}$/)
      .meta({ description: 'What the App calls with. Shown once.' }),
    relayUrl,
    connected: z.boolean(),
    ...runtimeDetails,
  })
  .meta({ id: 'Redeemed', description: 'A new client of the gateway.' });

export const presence = {
  connected: z.boolean(),
  connectedSince: time.optional(),
  lastSeenAt: time.optional(),
};

export const gatewayStatus = z
  .object({ gatewayId, ...presence, ...runtimeDetails })
  .meta({ id: 'GatewayStatus', description: 'Whether the runtime is there.' });

export const appTicketIssued = z
  .object({
    ticket: z.string().regex(/^atk_[A-Za-z0-9_-]{43,80}$/),
    expiresAt: time,
    url: z
      .string()
      .regex(/^wss?:\/\//)
      .meta({ description: "Opens one App's socket, once." }),
  })
  .meta({ id: 'AppTicketIssued' });

export const client = z
  .object({ clientId, label: z.string().max(64), createdAt: time, lastUsedAt: time })
  .meta({ id: 'Client', description: 'A client as its owner sees it; its last use is exact to the hour.' });

export const clientList = z
  .object({ clients: z.array(client) })
  .meta({ id: 'ClientList', description: 'The live clients, oldest first.' });

export const secretRotated = z
  .object({ gatewayId, relaySecret })
  .meta({ id: 'SecretRotated', description: 'The new secret; the old one and its sockets are dead.' });

/** The schema names the very members of the type. */
export const clientIsDescribed: Same<z.infer<typeof client>, ClientView> = true;
