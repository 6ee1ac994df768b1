import { byName } from './name-values';

/** What a function answered, checked. Header names are as the function wrote them, remapped ones renamed. */
export interface ProxyResponse {
  status: number;
  headers: Record<string, string | string[]>;
  /** Absent for a streamed answer's metadata. */
  body: string | undefined;
  isBase64Encoded: boolean;
}

/**
 * Headers that API Gateway keeps for itself: a function's own arrive under `x-amzn-Remapped-…` (REST API, important
 * notes).
 */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
]);

const BUFFERED_MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
const STREAM_MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'cookies']);

/**
 * Reads the result of a proxy integration, or the metadata of a streamed one. Undefined where API Gateway would call
 * it malformed and answer 502.
 */
export function readProxyResponse(result: unknown, streamed = false): ProxyResponse | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const { statusCode, body, isBase64Encoded, headers, multiValueHeaders, cookies } = result as Record<
    string,
    unknown
  >;
  const members = streamed ? STREAM_MEMBERS : BUFFERED_MEMBERS;
  if (Object.keys(result).some((name) => !members.has(name))) return undefined;
  const status = Number(streamed ? (statusCode ?? 200) : statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const all = readHeaders(headers, multiValueHeaders);
  if (!all) return undefined;
  if (Array.isArray(cookies)) all['set-cookie'] = cookies.map(String);
  return { status, headers: all, body: body ?? undefined, isBase64Encoded: isBase64Encoded === true };
}

function readHeaders(single: unknown, multiple: unknown): Record<string, string | string[]> | undefined {
  const headers = byName<string | string[]>([]);
  for (const [name, value] of Object.entries(single ?? {})) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') return undefined;
    set(headers, name, String(value));
  }
  for (const [name, values] of Object.entries(multiple ?? {})) {
    if (!Array.isArray(values)) return undefined;
    set(headers, name, values.map(String));
  }
  return headers;
}

function set(headers: Record<string, string | string[]>, name: string, value: string | string[]): void {
  const lower = name.toLowerCase();
  if (lower === 'transfer-encoding') return;
  headers[REMAPPED.has(lower) ? `x-amzn-remapped-${lower}` : lower] = value;
}
