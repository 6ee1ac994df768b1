/** What two ends sealed between them, as `{ "sealed": "<base64url>" }`: nobody here reads it, and it needs a little more room. */
import { ApiError } from './errors';
import { parseJson } from './json';
import { limits } from './limits';

/** Whether a value is that one member and nothing beside it. */
export function isSealed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { sealed, ...others } = value as { sealed?: unknown };
  return typeof sealed === 'string' && Object.keys(others).length === 0;
}

/** Throws `payload_too_large` for the body of a call that is over the limit, and over that of a sealed one. */
export function checkCallSize(body: string): void {
  if (Buffer.byteLength(body) <= limits.maxRpcBodyBytes) return;
  const { params } = (parseJson(body)?.value ?? {}) as { params?: unknown };
  if (isSealed(params)) return;
  const limitBytes = limits.maxRpcBodyBytes;
  throw new ApiError('payload_too_large', `The body is over ${limitBytes} bytes.`, { limitBytes });
}
