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
/** When it speaks, after the rotation: at once, and long after its sockets should have been closed. */
const hauntsAtMs = [5, 60, 250, 700, 1_500, 3_000, 6_000, 9_000, 10_200, 11_500, 13_000, 16_000, 20_000];

interface Heard {
  type?: string;
  id?: string;
  event?: string;
  message?: string;
  result?: { calls?: unknown[] };
}

/** A ghost. */
export class Ghost implements Peer {
  private readonly commands: Set<string>;
  private readonly random: Random;
  private readonly diedMs: number;
  private readonly sockets: PeerSocket[];

  /** `owed`: the commands that it had before the rotation, and that nobody has answered. */
  constructor(
    private readonly world: World,
    private readonly books: Books,
    private readonly name: string,
    sockets: PeerSocket[],
    owed: string[],
  ) {
    this.random = new Random(seedOf(world.seed, `ghost ${name}`));
    this.diedMs = world.timeline.nowMs;
    this.sockets = [...sockets];
    this.commands = new Set(owed);
    for (const socket of sockets) socket.handTo(this);
    for (const [n, atMs] of hauntsAtMs.entries()) world.timeline.after(atMs, () => this.haunt(n));
  }

  opened(socket: PeerSocket): void {
    socket.close();
  }

  refused(): void {}

  closed(): void {}

  heard(text: string): void {
    const frame = JSON.parse(text) as Heard;
    const sinceMs = this.world.timeline.nowMs - this.diedMs;
    const isAnswered = frame.id?.startsWith('ghost-') && (frame.result?.calls?.length ?? 0) > 0;
    const isWork = frame.type === 'req' || frame.event === 'relay.pending' || frame.event === 'relay.cancel';
    // It asked when its secret was dead. A command, or an answer to who was there before, may have been on its way to it.
    if (isAnswered || (isWork && sinceMs > endsWithinMs + underWayMs)) {
      const told = `${this.name} got ${text.slice(0, 120)} after ${Math.round(sinceMs)} ms.`;
      this.books.breach('a dead secret reaches nothing', told);
    }
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
