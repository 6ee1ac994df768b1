/** What presence needs of the world: the rows of open sockets, and the sockets themselves. Times are epoch milliseconds. */
import type { OpenSocket, SocketCloser } from '../pairing/ports';

/**
 * Whose a socket is: found by the id that comes with its frames, and never changed. Whether it still counts is said by
 * its gateway's or its client's own row.
 */
export interface Connection extends OpenSocket {
  role: 'runtime' | 'client' | 'viewer';
  gatewayId: string;
  clientId?: string;
  /** Hash of the secret or token that it was opened with. */
  credentialHash?: string;
  expiresAtMs: number;
}

/** Open sockets by their id. */
export interface ConnectionStore {
  put(connection: Connection): Promise<void>;
  read(connectionId: string, nowMs: number): Promise<Connection | undefined>;
  /** The connection where it was read a while ago, at no cost. Whose a socket is never changes. */
  known?(connectionId: string, nowMs: number): Connection | undefined;
  remove(connectionId: string): Promise<void>;
}

/** Open sockets as the management API reaches them. */
export interface Sockets extends SocketCloser {
  /**
   * `gone` is a 410; `unclear` is any other failure, after which the frame may have arrived or not. So is no answer within
   * `withinMs`, where whoever posts has less time than the sockets themselves would take.
   */
  post(connectionId: string, frame: string, withinMs?: number): Promise<'sent' | 'gone' | 'unclear'>;
  /** Whether the socket is open now; `unclear` when that could not be found out. */
  probe(connectionId: string): Promise<'open' | 'gone' | 'unclear'>;
}
