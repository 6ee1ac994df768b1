/** Who may watch: holders of the registration token; where registration is open, callers of this very machine. */
import type { AttemptWorld } from '../../core/pairing/attempts';
import { ApiError } from '../../core/wire/errors';
import { env } from '../env';
import { admitRegistration, requireRegistrationToken } from '../pairing/registration-token';
import type { HttpRequest } from './answer';

/**
 * Throws `unauthorized` or, where registration is open and the caller is elsewhere, `forbidden`. Wrong tokens of one source
 * are limited.
 */
export async function requireMonitorAccess(world: AttemptWorld, request: HttpRequest): Promise<void> {
  if (process.env[env.registrationTokenArn]) await admitRegistration(world, request);
  else requireThisMachine(request);
}

/** The same for a caller that was let in before: no guess, so nothing is counted. */
export async function requireMonitorAccessStill(request: HttpRequest, nowMs: number): Promise<void> {
  if (process.env[env.registrationTokenArn]) await requireRegistrationToken(request.credential, nowMs);
  else requireThisMachine(request);
}

function requireThisMachine(request: HttpRequest): void {
  if (isFromThisMachine(request)) return;
  throw new ApiError(
    'forbidden',
    'Registration is open here, so there is no token that the monitor could ask for: it answers only the ' +
      'machine that a local server runs on. Deploy with a registration token to watch from elsewhere.',
  );
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
