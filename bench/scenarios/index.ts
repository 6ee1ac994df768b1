/** What is metered, act by act: each HTTP route and each event of a socket. */
import { calling } from './calling';
import { owner } from './owner';
import { pairing } from './pairing';
import type { Scenario } from './scenario';
import { sockets } from './sockets';

/** Every act. */
export const scenarios: Scenario[] = [...pairing, ...owner, ...calling, ...sockets];
