/** `GET /app`: the App itself, and the files that make it installable. This function knows nobody and touches nothing. */
import { bufferedHttp } from './aws/http/buffered-http';
import { readBuilt, servePage } from './aws/http/page';
import { ApiError } from './core/wire/errors';

/** The camera reads the QR code of a pairing code. */
const permissions = 'camera=(self), microphone=(), geolocation=()';

const types = new Map([
  ['sw.js', 'text/javascript; charset=utf-8'],
  ['manifest.webmanifest', 'application/manifest+json'],
  ['icon.svg', 'image/svg+xml'],
]);

export const handler = bufferedHttp({
  'GET /app': async () => servePage('app', permissions),
  'GET /app/{file}': async ({ params }) => {
    const name = params.file ?? '';
    const type = types.get(name);
    if (!type) throw new ApiError('not_found', 'The App has no such file.');
    const headers = {
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; connect-src 'self'",
      // The worker stands in a folder below the page that it keeps.
      ...(name === 'sw.js' ? { 'service-worker-allowed': '../app' } : {}),
    };
    return { status: 200, headers, body: readBuilt(name) };
  },
});
