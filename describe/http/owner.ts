import { clientList, secretRotated } from '../schemas/pairing';
import { clientId as clientIdSchema, shown } from '../schemas/words';
import type { Operation } from './operation';

const { gatewayId, clientId, relaySecret, time } = shown;

/** What the holder of a relay secret decides; a client may remove itself. */
export const owner = {
  'GET /api/relay/clients': {
    id: 'listClients',
    tag: 'owner',
    summary: 'Who is paired',
    credentials: ['relaySecret'],
    answers: {
      200: {
        description: 'The live clients, oldest first.',
        schema: clientList,
        examples: { one: { clients: [{ clientId, label: 'Phone', createdAt: time, lastUsedAt: time }] } },
      },
    },
    errors: ['unauthorized'],
  },
  'DELETE /api/relay/clients/{clientId}': {
    id: 'revokeClient',
    tag: 'owner',
    summary: 'A client is paired no longer',
    description:
      'On the word of the relay secret, or of the very client. Its token is dead at the next call, its sockets are closed.',
    credentials: ['relaySecret', 'clientToken'],
    parameters: [
      { name: 'clientId', in: 'path', description: 'The client.', schema: clientIdSchema, example: clientId },
    ],
    answers: { 204: { description: 'Revoked.' } },
    errors: ['unauthorized', 'forbidden', 'not_found'],
  },
  'POST /api/relay/secret': {
    id: 'rotateSecret',
    tag: 'owner',
    summary: 'A new relay secret',
    description:
      'The old one is dead at once, and the sockets that it opened are closed. Lost on its way, it cannot be had again: register anew.',
    credentials: ['relaySecret'],
    answers: {
      200: {
        description: 'The secret.',
        schema: secretRotated,
        examples: { rotated: { gatewayId, relaySecret } },
      },
    },
    errors: ['unauthorized'],
  },
  'DELETE /api/relay/gateway': {
    id: 'removeGateway',
    tag: 'owner',
    summary: 'The identity and all that belongs to it go',
    description: 'Clients, codes, calls and sockets. After a 500 it is repeated with the same secret.',
    credentials: ['relaySecret'],
    answers: { 204: { description: 'Removed.' } },
    errors: ['unauthorized'],
  },
} satisfies Record<string, Operation>;
