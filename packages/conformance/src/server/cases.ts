/** Every case of a server. */
import type { Case } from '../harness/case';
import { appSocket } from './calls/app-socket';
import { large } from './calls/large';
import { outcomes } from './calls/outcomes';
import { rules } from './calls/rules';
import { streams } from './calls/streams';
import { hostile } from './hostile/hostile';
import { limits } from './limits/limits';
import { monitor } from './monitor/monitor';
import { credentials } from './pairing/credentials';
import { descriptors } from './pairing/descriptors';
import { registering } from './pairing/registering';
import { handshake } from './relay/handshake';
import { http } from './relay/http';
import { sockets } from './relay/sockets';
import type { ServerWorld } from './world';

/** In the order in which they are told; what uses up a source comes last. */
export const serverCases: ReadonlyArray<Case<ServerWorld>> = [
  ...http,
  ...handshake,
  ...sockets,
  ...credentials,
  ...registering,
  ...descriptors,
  ...rules,
  ...outcomes,
  ...streams,
  ...large,
  ...appSocket,
  ...monitor,
  ...hostile,
  ...limits,
];
