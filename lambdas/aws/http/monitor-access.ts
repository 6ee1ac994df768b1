/** Who may watch: holders of the registration token; where registration is open, callers of this very machine. */
import { ApiError } from '../../core/wire/errors';
import { env } from '../env';
import { requireRegistrationToken } from '../pairing/registration-token';
import type { HttpRequest } from './answer';

/** Throws `unauthorized` or, where registration is open and the caller is elsewhere, `forbidden`. */
export async function requireMonitorAccess(request: HttpRequest): Promise<void> {
  const { credential, receivedAtMs } = request;
  if (process.env[env.registrationTokenArn]) await requireRegistrationToken(credential, receivedAtMs);
  else if (!isFromThisMachine(request)) {
    throw new ApiError(
      'forbidden',
      'Registration is open here, so there is no token that the monitor could ask for: it answers only the ' +
        'machine that a local server runs on. Deploy with a registration token to watch from elsewhere.',
    );
  }
}

/**
 * In the cloud no caller has a loopback address. Locally, a web page of somebody else may send its reader's browser
 * here: such a request names another site, or a host that only resolves to this machine.
 */
function isFromThisMachine({ sourceIp, header }: HttpRequest): boolean {
  const loopback = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(sourceIp);
  const ownHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(header('host') ?? '');
  const site = header('sec-fetch-site');
  return loopback && ownHost && (site === undefined || site === 'same-origin' || site === 'none');
}
