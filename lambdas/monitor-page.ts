/** `GET /monitor`: the page itself. It asks for the token; this function knows none and touches nothing. */
import { bufferedHttp } from './aws/http/buffered-http';
import { servePage } from './aws/http/page';

const permissions = 'camera=(), microphone=(), geolocation=()';

export const handler = bufferedHttp({ 'GET /monitor': async () => servePage('monitor', permissions) });
