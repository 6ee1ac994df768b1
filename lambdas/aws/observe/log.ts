/**
 * Structured logs: one JSON line on standard output, `{ timestamp, level, service, message, … }`. Every record passes the
 * masker that errors and monitor events share, so that a credential, an address or a query string which a fault
 * carries in its message or its stack does not reach the log; what is logged is chosen member by member all the same.
 */
import { maskValue } from '../../core/secrecy/mask';

/** `ERROR` is a fault that somebody should look at, `WARN` one that was dealt with, `INFO` no fault. */
type Level = 'ERROR' | 'WARN' | 'INFO';

/** The one logger of a function. */
export const log = {
  error: (message: string, members: Record<string, unknown> = {}) => write('ERROR', message, members),
  warn: (message: string, members: Record<string, unknown> = {}) => write('WARN', message, members),
  info: (message: string, members: Record<string, unknown> = {}) => write('INFO', message, members),
};

function write(level: Level, message: string, members: Record<string, unknown>): void {
  process.stdout.write(`${logLineOf(level, message, members, new Date())}\n`);
}

/** One record as it is written. */
export function logLineOf(
  level: Level,
  message: string,
  members: Record<string, unknown>,
  time: Date,
): string {
  const masked = maskValue({ ...members, message }) as Record<string, unknown>;
  const { message: text, ...rest } = masked;
  const fixed = { timestamp: time.toISOString(), level, service: 'agenttown-pairing-server' };
  return JSON.stringify({ ...rest, message: text, ...fixed });
}
