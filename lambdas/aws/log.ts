/** Structured logs. What is logged is chosen member by member; no request, query string or credential is among it. */
import { Logger } from '@aws-lambda-powertools/logger';

/** The one logger of a function. */
export const log = new Logger({ serviceName: 'agenttown-pairing-server' });
