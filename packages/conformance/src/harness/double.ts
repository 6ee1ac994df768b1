/** What both doubles of the kit are: a server in memory on a port of this machine, whose handshakes can be refused, and which remembers its sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { Moments } from '../wire/moments';
import type { Frame } from '../wire/peer';

/** What a handshake is refused with. */
export interface Refused {
  status: number;
  type: string;
  body: string;
}

/** A socket of a double. */
export interface DoubleSocket {
  readonly socket: WebSocket;
  readonly isOpen: boolean;
  /** The requests of one method so far. */
  asked(method: string): Frame[];
}

/** One of them. */
export abstract class Double<Socket extends DoubleSocket> extends Moments {
  /** Every socket so far, the oldest first. */
  readonly sockets: Socket[] = [];
  url = '';
  private readonly server = createServer();

  /** Whether a handshake is let in; undefined where it is. */
  protected abstract admit(request: IncomingMessage): Refused | undefined;
  /** A socket that was let in. */
  protected abstract open(socket: WebSocket): Socket;
  protected abstract hear(request: IncomingMessage, response: ServerResponse): Promise<void>;

  /** Starts it on a port of this machine, or where a URL says. */
  protected async listen(at = 'http://127.0.0.1:0'): Promise<void> {
    const { server } = this;
    const upgrades = new WebSocketServer({ noServer: true });
    server.on('request', (request, response) => void this.hear(request, response));
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      const refused = this.admit(request);
      this.happened();
      if (refused) {
        const { status, type, body } = refused;
        socket.end(`HTTP/1.1 ${status} No\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${body}`);
        return;
      }
      upgrades.handleUpgrade(request, socket, head, (opened) => {
        this.sockets.push(this.open(opened));
        this.happened();
      });
    });
    const { hostname, port } = new URL(at);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(Number(port || 80), hostname.replace(/^\[(.*)\]$/, '$1'), resolve);
    });
    this.url = `http://${hostname}:${(server.address() as { port: number }).port}`;
  }

  /** The newest socket that is open and has said hello, once there is one. */
  socket(): Promise<Socket> {
    return this.until(() =>
      this.sockets.filter((each) => each.isOpen && each.asked('relay.hello').length > 0).at(-1),
    );
  }

  /** Ends it and all its sockets. */
  async stop(): Promise<void> {
    for (const { socket } of this.sockets) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The credential of a request. */
export const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
