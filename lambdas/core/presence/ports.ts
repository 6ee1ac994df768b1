/** What presence needs of the world: the rows of open sockets, and the sockets themselves. Times are epoch milliseconds. */
import type { OpenSocket, OpenSockets, SocketCloser } from '../pairing/ports';

/** A socket of any role. */
export interface Connection extends OpenSocket {
  gatewayId: string;
  /** Hash of the secret that a runtime came with: once that is rotated, its socket is never put in charge again. */
  secretHash?: string;
  connectedAtMs: number;
  expiresAtMs: number;
}

/** Open sockets. */
export interface ConnectionStore extends OpenSockets {
  put(connection: Connection): Promise<void>;
  read(connectionId: string, nowMs: number): Promise<Connection | undefined>;
  /** The gateway's live sockets of every role, newest first. */
  ofGateway(gatewayId: string, nowMs: number): Promise<Connection[]>;
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
