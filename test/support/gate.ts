/** A network between a peer and the relay, in one place: it can be cut, shut, gone silent, or a hotel's. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What the network does with what it is given. */
export type Weather =
  /** Carries everything. */
  | 'fair'
  /** Takes no connection. */
  | 'shut'
  /** Takes connections and loses whatever comes, both ways. */
  | 'silent'
  /** Loses what comes from the relay. */
  | 'deaf'
  /** Answers everything with a page of its own. */
  | 'portal';

const page = '<html><body>Welcome to the hotel. Please sign in.</body></html>';

/** The network. */
export class Gate {
  /** For connections that are there and to come. */
  weather: Weather = 'fair';
  /** How many connections were asked for. */
  taken = 0;
  /** The relay's port. */
  port = 0;
  /** Told of whatever passes. What a WebSocket's client sends is masked, what the relay sends is not. */
  onBytes: (data: Buffer) => void = () => {};
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** Listens on a port of its own. */
  static async start(): Promise<Gate> {
    const server = createServer();
    const gate = new Gate(server);
    server.on('connection', (socket) => gate.take(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    const { port } = this.server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(socket: Socket): void {
    this.taken++;
    this.hold(socket);
    if (this.weather === 'shut') {
      socket.destroy();
      return;
    }
    if (this.weather === 'portal') {
      socket.once('data', () =>
        socket.end(
          `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
        ),
      );
      return;
    }
    const relay = connect(this.port, '127.0.0.1');
    this.hold(relay);
    socket.on('data', (data) => {
      this.onBytes(data);
      if (this.weather !== 'silent') relay.write(data);
    });
    relay.on('data', (data) => {
      this.onBytes(data);
      if (this.weather !== 'silent' && this.weather !== 'deaf') socket.write(data);
    });
    socket.on('close', () => relay.destroy());
    relay.on('close', () => socket.destroy());
  }

  private hold(socket: Socket): void {
    this.open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.open.delete(socket));
  }
}
