/** `GET /monitor`: the page itself. It asks for the token; this function knows none and touches nothing. */
import { bufferedHttp } from './aws/http/buffered-http';
import { monitorPage } from './aws/http/monitor-page';

export const handler = bufferedHttp({ 'GET /monitor': async () => monitorPage() });
