/** The document of the relay socket: AsyncAPI 3. A channel per role; the credential decides which one a socket is. */
import { version } from '../../package.json';
import { type Json, namedSchemas, schemaOf, usedNames } from '../json-schema';
import { frames, type Message, type Role } from './messages';

const roles: Record<Role, { summary: string; credential: string }> = {
  runtime: {
    summary: 'A runtime takes commands and answers them.',
    credential: 'The relay secret, as a bearer or as `secret` of the query.',
  },
  app: {
    summary: 'An App calls its runtime and hears of its presence.',
    credential: 'The client token, as a bearer or as `secret` of the query.',
  },
  viewer: {
    summary: 'A monitor page watches.',
    credential: 'A ticket of `POST /api/monitor/tickets`, as `ticket` of the query, once.',
  },
};

const query = {
  type: 'object',
  properties: {
    gatewayId: {
      type: 'string',
      description:
        'The gateway, which must be that of the credential. In the path as well, `/relay/<gatewayId>`, behind the edge.',
    },
    secret: {
      type: 'string',
      description: 'Relay secret or client token, for peers that cannot send a header.',
    },
    ticket: { type: 'string', description: 'Ticket of a viewer.' },
  },
};

/** The whole document. */
export function asyncApi(): Json {
  const names = Object.keys(roles) as Role[];
  const document = {
    asyncapi: '3.1.0',
    info: {
      title: 'AgentTown Pairing Server: the relay socket',
      version,
      description:
        'Frames are text. What the server sends is JSON-RPC 2.0 and carries `type` (`req`, `res`, `event`) beside it; what it receives is read liberally. ' +
        'A wrong credential is refused at the handshake with 401, one for another gateway with 403. The HTTP side is described in `openapi.json`.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'relay', description: 'The relay socket.' }],
    },
    defaultContentType: 'application/json',
    servers: { local: { host: '127.0.0.1:8787', protocol: 'ws', description: 'npm start' } },
    channels: Object.fromEntries(names.map((role) => [role, channelOf(role)])),
    operations: Object.fromEntries(names.flatMap(operationsOf)),
  };
  const schemas = namedSchemas('draft-7');
  const used = usedNames(document, schemas);
  const named = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { schemas: Object.fromEntries(named) } };
}

function channelOf(role: Role): Json {
  const { summary, credential } = roles[role];
  const { sent, received } = frames[role];
  const all = [...Object.entries(received), ...Object.entries(sent)];
  return {
    address: '/relay',
    summary,
    description: credential,
    messages: Object.fromEntries(all.map(([name, message]) => [name, messageOf(name, message)])),
    bindings: { ws: { method: 'GET', query, bindingVersion: '0.1.0' } },
  };
}

function messageOf(name: string, { schema, example }: Message): Json {
  return { name, payload: schemaOf(schema, 'draft-7'), examples: [{ payload: example }] };
}

/** The server receives what a peer says, and sends. */
function operationsOf(role: Role): Array<[string, Json]> {
  const operation = (action: 'send' | 'receive', names: string[]): Json => ({
    action,
    channel: { $ref: `#/channels/${role}` },
    summary: action === 'send' ? `What the server tells: ${role}.` : `What the server hears: ${role}.`,
    messages: names.map((name) => ({ $ref: `#/channels/${role}/messages/${name}` })),
  });
  return [
    [`${role}Hears`, operation('send', Object.keys(frames[role].sent))],
    [`${role}Says`, operation('receive', Object.keys(frames[role].received))],
  ];
}
