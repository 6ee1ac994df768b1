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
              app: 'https://relay.example/app',
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
  'GET /app': {
    id: 'getAppPage',
    tag: 'service',
    summary: 'The web App, as a page',
    description: 'To pair, chat and call with. Left out by the option `app=false`; then it is 404.',
    credentials: ['none'],
    answers: { 200: { description: 'The page.', page: true } },
    errors: ['not_found'],
  },
  'GET /app/{file}': {
    id: 'getAppFile',
    tag: 'service',
    summary: 'What makes the App installable',
    description: 'Its manifest, its icon and the worker that keeps its page for when there is no network.',
    credentials: ['none'],
    parameters: [
      {
        name: 'file',
        in: 'path',
        description: 'One of its three files.',
        schema: z.enum(['sw.js', 'manifest.webmanifest', 'icon.svg']),
        example: 'icon.svg',
      },
    ],
    answers: {
      200: {
        description: 'The file, in its own type.',
        files: ['text/javascript', 'application/manifest+json', 'image/svg+xml'],
      },
    },
    errors: ['not_found'],
  },
} satisfies Record<string, Operation>;
