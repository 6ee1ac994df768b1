/**
 * Whoever still holds the sockets of a secret that was rotated. Ten seconds later nothing may reach it and nothing that it says may
 * count, so it goes on asking, answering and reporting.
 */
import type { Books } from '../oracle/books';
import { Random, seedOf } from '../world/random';
import type { Peer, PeerSocket } from '../world/relay-front';
import type { World } from '../world/world';

/** The contract: within so long after a rotation or a revocation whatever was open ends. */
export const endsWithinMs = 10_000;
/** What may still be on its way in this world: a frame that was late, and two clocks that differ. */
const underWayMs = 5_000;
const asksEveryMs = 1_500;
const haunts = 14;

/** A ghost. */
export class Ghost implements Peer {
  private readonly commands = new Set<string>();
  private readonly random: Random;
  private readonly diedMs: number;
  private readonly sockets: PeerSocket[];

  constructor(
    private readonly world: World,
    private readonly books: Books,
    private readonly name: string,
    sockets: PeerSocket[],
  ) {
    this.random = new Random(seedOf(world.seed, `ghost ${name}`));
    this.diedMs = world.timeline.nowMs;
    this.sockets = [...sockets];
    for (const socket of sockets) socket.handTo(this);
    for (let n = 1; n <= haunts; n++) world.timeline.after(n * asksEveryMs, () => this.haunt(n));
  }

  opened(socket: PeerSocket): void {
    socket.close();
  }

  refused(): void {}

  closed(): void {}

  heard(text: string): void {
    const frame = JSON.parse(text);
    const sinceMs = this.world.timeline.nowMs - this.diedMs;
    const isAnswer = frame.type === 'res' && frame.ok === false;
    const isClosing =
      frame.event === 'relay.closing' || frame.message === 'Internal server error' || frame.type === 'pong';
    if (sinceMs > endsWithinMs + underWayMs && !isAnswer && !isClosing) {
      this.books.breach(
        'a dead secret reaches nothing',
        `${this.name} got ${text.slice(0, 120)} after ${Math.round(sinceMs)} ms.`,
      );
    }
    if (frame.type === 'req') this.commands.add(frame.id);
    for (const command of frame.result?.calls ?? []) this.commands.add(command.id);
  }

  private haunt(n: number): void {
    const socket = this.random.pick(this.sockets);
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: `ghost-${n}`, method: 'relay.pending', params: {} }));
    if (this.world.timeline.nowMs - this.diedMs < endsWithinMs) return;
    for (const id of this.commands) {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: { forged: this.name } }));
      const params = { id, seq: 0, data: `forged by ${this.name}` };
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'relay.progress', params }));
    }
  }
}
