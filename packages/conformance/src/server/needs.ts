/** Why a case of a server cannot be tried. */
import type { ServerWorld } from './world';

/** For cases that hold a registration token against a wrong one. */
export const needsToken = {
  unlessTried: ({ server }: ServerWorld) =>
    server.token === undefined ? 'no --token: the server has open registration' : undefined,
};

/** For cases that need addresses of their own to call from. */
export const needsAddresses = {
  unlessTried: ({ server }: ServerWorld) =>
    server.sources.areMany ? undefined : 'it takes several sources, and only on this machine there are any',
};
