/** The Apps that called since the start: a call is replayed as the App that made it, so its token is held, in memory alone. */

const MAX_HELD = 1_000;
const ID_BYTES = 12;

/** Who a client token speaks for: the protocol lets it carry the ids, and this project's does. */
export interface Caller {
  clientId: string;
  gatewayId: string;
  token: string;
}

/** The callers of a host. */
export class Callers {
  readonly #held = new Map<string, Caller>();

  /** Hears an `Authorization` header; what is no client token is not looked at. */
  hear(authorization: string | undefined): void {
    const caller = callerOf(authorization);
    if (!caller) return;
    this.#held.delete(caller.clientId);
    this.#held.set(caller.clientId, caller);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
  }

  find(clientId: string): Caller | undefined {
    return this.#held.get(clientId);
  }
}

function callerOf(authorization: string | undefined): Caller | undefined {
  const [, token, text] = /^Bearer (atc_([A-Za-z0-9_-]{43,90}))$/i.exec(authorization ?? '') ?? [];
  if (token === undefined || text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const idAt = (at: number) => bytes.subarray(at, at + ID_BYTES).toString('base64url');
  return { token, gatewayId: `gw_${idAt(0)}`, clientId: `cl_${idAt(ID_BYTES)}` };
}
