/** Every route. One of `lib/api/routes` that is missing here does not compile, and neither does one that is not there. */
import type { RouteKey } from '../../lib/api/routes';
import { calls } from './calls';
import { descriptors } from './descriptors';
import { monitor } from './monitor';
import type { Operation } from './operation';
import { owner } from './owner';
import { pairing } from './pairing';
import { service } from './service';

const every = { ...service, ...pairing, ...owner, ...calls, ...descriptors, ...monitor };

/** The routes that are described, by their key. */
export const operations: Record<RouteKey, Operation> = every;

/** No route is described that the stack does not have. */
export const noOther: keyof typeof every extends RouteKey ? true : never = true;
