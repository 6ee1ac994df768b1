/** `GET /`: where everything is, for people and for programs; and the documents that machines read. It touches nothing. */
import asyncApi from '../docs/asyncapi.json';
import openApi from '../docs/openapi.json';
import { env, required } from './aws/env';
import { bufferedHttp } from './aws/http/buffered-http';
import { frontPage, linksOf } from './aws/http/front-page';

const publicUrl = () => required(env.publicUrl);

/** The relay socket's server: its path is the channel's address. */
function relayServer() {
  const { host, protocol } = new URL(required(env.relayUrl));
  return { deployment: { host, protocol: protocol.replace(':', '') } };
}

export const handler = bufferedHttp({
  'GET /': async ({ header }) => {
    const places = {
      version: required(env.version),
      links: linksOf(publicUrl(), process.env[env.servesApp] === 'true'),
    };
    if (/\btext\/html\b/i.test(header('accept') ?? '')) return frontPage(places);
    return { status: 200, body: { service: 'agenttown-pairing-server', ...places } };
  },
  'GET /openapi.json': async () => ({ status: 200, body: { ...openApi, servers: [{ url: publicUrl() }] } }),
  'GET /asyncapi.json': async () => ({ status: 200, body: { ...asyncApi, servers: relayServer() } }),
});
