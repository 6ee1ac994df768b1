import * as z from 'zod';
import { health } from '../schemas/pairing';
import { serviceLinks } from '../schemas/service';
import { shown } from '../schemas/words';
import type { Operation } from './operation';

const document = z.looseObject({}).meta({ id: 'Document', description: 'A document of this kind.' });

/** What the service says of itself. */
export const service = {
  'GET /': {
    id: 'getPlaces',
    tag: 'service',
    summary: 'Where everything is',
    description: 'A page for people; links for programs that do not accept HTML.',
    credentials: ['none'],
    answers: {
      200: {
        description: 'The page, or the links.',
        schema: serviceLinks,
        examples: {
          links: {
            service: 'agenttown-pairing-server',
            version: '0.1.0',
            links: {
              health: 'https://relay.example/health',
              openapi: 'https://relay.example/openapi.json',
              asyncapi: 'https://relay.example/asyncapi.json',
              monitor: 'https://relay.example/monitor',
            },
          },
        },
        page: true,
      },
    },
    errors: [],
  },
  'GET /openapi.json': {
    id: 'getOpenApi',
    tag: 'service',
    summary: 'This document',
    credentials: ['none'],
    answers: { 200: { description: 'OpenAPI 3.1, with the URL of this deployment.', schema: document } },
    errors: [],
  },
  'GET /asyncapi.json': {
    id: 'getAsyncApi',
    tag: 'service',
    summary: 'The frames of the relay socket',
    credentials: ['none'],
    answers: { 200: { description: 'AsyncAPI 3, with the URL of this deployment.', schema: document } },
    errors: [],
  },
  'GET /health': {
    id: 'getHealth',
    tag: 'service',
    summary: 'Whether it is there',
    credentials: ['none'],
    answers: {
      200: {
        description: 'It is.',
        schema: health,
        examples: {
          there: { ok: true, service: 'agenttown-pairing-server', version: '0.1.0', time: shown.time },
        },
      },
    },
    errors: [],
  },
} satisfies Record<string, Operation>;
