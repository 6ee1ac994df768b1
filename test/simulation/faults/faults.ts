/** Every deliberate fault. */
import type { Fault } from './fault';
import { faultsOfCalls } from './of-calls';
import { faultsOfOwners } from './of-owners';
import { faultsOfPush } from './of-push';
import { faultsOfQuotas } from './of-quotas';
import { faultsOfSockets } from './of-sockets';

/** All of them. */
export const faults: Fault[] = [
  ...faultsOfCalls,
  ...faultsOfPush,
  ...faultsOfSockets,
  ...faultsOfOwners,
  ...faultsOfQuotas,
];
