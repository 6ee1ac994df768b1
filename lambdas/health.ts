/** `GET /health`: the API answers and says which version it is. It touches nothing. */
import { env, required } from './aws/env';
import { bufferedHttp } from './aws/http/buffered-http';

export const handler = bufferedHttp({
  'GET /health': async ({ receivedAtMs }) => ({
    status: 200,
    body: {
      ok: true,
      service: 'agenttown-pairing-server',
      version: required(env.version),
      time: new Date(receivedAtMs).toISOString(),
    },
  }),
});
