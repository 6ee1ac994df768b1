/** Every case of a server. */
import type { Case } from '../harness/case';
import { appResume } from './calls/app-resume';
import { appSocket } from './calls/app-socket';
import { appTicket } from './calls/app-ticket';
import { appWaits } from './calls/app-waits';
import { countedSteps } from './calls/counted-steps';
import { ends } from './calls/ends';
import { grace } from './calls/grace';
import { ids } from './calls/ids';
import { large } from './calls/large';
import { outcomes } from './calls/outcomes';
import { routes } from './calls/routes';
import { rules } from './calls/rules';
import { streams } from './calls/streams';
import { hostile } from './hostile/hostile';
import { attempts } from './limits/attempts';
import { limits } from './limits/limits';
import { monitor } from './monitor/monitor';
import { viewers } from './monitor/viewers';
import { bearers } from './pairing/bearers';
import { codes } from './pairing/codes';
import { credentials } from './pairing/credentials';
import { descriptors } from './pairing/descriptors';
import { owner } from './pairing/owner';
import { registering } from './pairing/registering';
import { connection } from './relay/connection';
import { errors } from './relay/errors';
import { frames } from './relay/frames';
import { handshake } from './relay/handshake';
import { http } from './relay/http';
import { moreErrors } from './relay/more-errors';
import { owed } from './relay/owed';
import { sockets } from './relay/sockets';
import type { ServerWorld } from './world';

const relay = [http, errors, moreErrors, handshake, frames, sockets, connection, owed];
const pairing = [credentials, bearers, codes, registering, owner, descriptors];
const calls = [
  routes,
  rules,
  ids,
  grace,
  outcomes,
  ends,
  streams,
  countedSteps,
  large,
  appSocket,
  appTicket,
  appResume,
  appWaits,
];

/** In the order in which they are told; what uses up a source comes last. */
export const serverCases: ReadonlyArray<Case<ServerWorld>> = [
  relay,
  pairing,
  calls,
  [monitor, viewers],
  [hostile],
  [limits, attempts],
].flat(2);
