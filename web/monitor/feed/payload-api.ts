/** What calls carried, as a server on this very machine keeps it when it was started with `--show-payloads`. */

/** A call with what it carried. */
export interface Payload {
  readonly method: string;
  /** Absent while its App has not called since the server was started. */
  readonly gatewayId?: string;
  readonly params?: unknown;
  readonly steps: ReadonlyArray<{ readonly seq: number; readonly data: unknown }>;
  readonly answer?: { readonly result: unknown } | { readonly error: unknown };
  readonly replay: 'possible' | 'caller-unknown';
}

/** The routes of payloads. */
export interface PayloadApi {
  /** `not-kept`: the server keeps payloads, but none of this call. `not-shown`: it shows none, to nobody or not here. */
  find(callId: string): Promise<Payload | 'not-kept' | 'not-shown'>;
  /** Gives the id of the call that it became; undefined when its command has not left yet. Throws a sentence for people. */
  replay(callId: string): Promise<string | undefined>;
}

/** The header by which such a server is known. */
const MARK = 'x-agenttown-local';

/** Speaks to the server of a page; undefined where that is not this machine, and so is not asked. */
export function createPayloadApi(
  { hostname, href }: Pick<Location, 'hostname' | 'href'>,
  token: string | undefined,
): PayloadApi | undefined {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return undefined;
  const send = (path: string, method: string) =>
    fetch(new URL(`local/calls/${path}`, href), {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      cache: 'no-store',
      credentials: 'omit',
    });
  return {
    async find(callId) {
      const response = await send(callId, 'GET');
      if (!response.headers.has(MARK)) return 'not-shown';
      return response.ok ? ((await response.json()) as Payload) : 'not-kept';
    },
    async replay(callId) {
      const response = await send(`${callId}/replay`, 'POST');
      const { rpcId, detail } = (await response.json()) as { rpcId?: string; detail?: string };
      if (!response.ok) throw new Error(detail ?? 'It could not be replayed.');
      return rpcId;
    },
  };
}
