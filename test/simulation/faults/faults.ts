/** Every deliberate fault. */
import type { Fault } from './fault';
import { faultsOfCalls } from './of-calls';

/** All of them. */
export const faults: Fault[] = [...faultsOfCalls];
