import { runtimeLimits } from '../../lambdas/core/wire/limits';
import { appTicketIssued, codeIssued, gatewayStatus, redeemed, registered } from '../schemas/pairing';
import { redeemRequest, registerRequest } from '../schemas/requests';
import { shown } from '../schemas/words';
import type { Operation } from './operation';

const { gatewayId, clientId, relaySecret, clientToken, accessCode, appTicket, later, time } = shown;
const details = { runtimeType: 'openclaw', displayName: 'My desk', capabilities: ['echo'] };
const relayUrl = `wss://relay.example/relay/${gatewayId}`;
const identity = {
  gatewayId,
  relaySecret,
  accessCode,
  accessCodeExpiresAt: later,
  relayUrl,
  limits: runtimeLimits,
};

/** How a runtime and an App find each other. */
export const pairing = {
  'POST /api/relay/register': {
    id: 'registerRuntime',
    tag: 'pairing',
    summary: 'A runtime registers, or refreshes its identity',
    description:
      'With `gatewayId` and `relaySecret` in the body the identity stays, with fresh details and a new code; its clients stay paired.',
    credentials: ['registrationToken', 'none'],
    body: {
      schema: registerRequest,
      examples: {
        new: details,
        refreshed: { ...details, gatewayId, relaySecret },
      },
    },
    answers: {
      200: { description: 'Refreshed.', schema: registered, examples: { refreshed: identity } },
      201: { description: 'Registered.', schema: registered, examples: { registered: identity } },
    },
    errors: ['unauthorized', 'forbidden'],
  },
  'POST /api/relay/redeem': {
    id: 'redeemAccessCode',
    tag: 'pairing',
    summary: 'The App turns a typed code into its client token, once',
    description:
      'Of simultaneous redeems one succeeds. Ten failed redeems of one source in a minute close it for two.',
    credentials: ['none'],
    body: { schema: redeemRequest, examples: { typed: { accessCode, label: 'Phone' } } },
    answers: {
      200: {
        description: 'Paired.',
        schema: redeemed,
        examples: { paired: { gatewayId, clientId, clientToken, relayUrl, connected: true, ...details } },
      },
    },
    errors: ['code_not_found', 'too_many_clients'],
  },
  'GET /api/relay/status': {
    id: 'getStatus',
    tag: 'pairing',
    summary: 'Whether the runtime is there',
    description: 'The socket itself is asked before it is called connected.',
    credentials: ['clientToken', 'relaySecret'],
    answers: {
      200: {
        description: 'As it is now.',
        schema: gatewayStatus,
        examples: {
          there: { gatewayId, connected: true, connectedSince: time, lastSeenAt: time, ...details },
        },
      },
    },
    errors: ['unauthorized'],
  },
  'POST /api/relay/tickets': {
    id: 'issueAppTicket',
    tag: 'pairing',
    summary: 'A ticket for one socket of an App in a browser',
    description: 'A browser sends no headers with a handshake; so its token stands in no URL.',
    credentials: ['clientToken'],
    answers: {
      201: {
        description: 'The ticket, good for 60 seconds.',
        schema: appTicketIssued,
        examples: { issued: { ticket: appTicket, expiresAt: time, url: `${relayUrl}?ticket=${appTicket}` } },
      },
    },
    errors: ['unauthorized'],
  },
  'POST /api/relay/codes': {
    id: 'issueAccessCode',
    tag: 'pairing',
    summary: 'A new code for the next App',
    description: 'An earlier unused code of the gateway is dead.',
    credentials: ['relaySecret'],
    answers: {
      201: {
        description: 'The code.',
        schema: codeIssued,
        examples: { issued: { gatewayId, accessCode, accessCodeExpiresAt: later } },
      },
    },
    errors: ['unauthorized'],
  },
} satisfies Record<string, Operation>;
