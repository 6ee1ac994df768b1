/** Every deliberate fault. */
import type { Fault } from './fault';
import { faultsOfCalls } from './of-calls';
import { faultsOfOwners } from './of-owners';
import { faultsOfSockets } from './of-sockets';

/** All of them. */
export const faults: Fault[] = [...faultsOfCalls, ...faultsOfSockets, ...faultsOfOwners];
