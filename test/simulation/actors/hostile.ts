/** Holders of a valid credential who try what is not theirs. Nothing of it may count, and nothing of it may write. */
import type { Books, CallBook } from '../oracle/books';
import type { HostileIntention } from '../plan';
import type { Invocation } from '../world/instance';
import { Random, seedOf } from '../world/random';
import type { Request } from '../world/rest-front';
import type { World } from '../world/world';
import type { App } from './app';
import type { Runtime } from './runtime';

/** One attack on a call of another tenant, or of another App. */
export class Hostile {
  private readonly random: Random;

  constructor(
    private readonly world: World,
    private readonly books: Books,
    private readonly n: number,
    private readonly runtime: Runtime,
    private readonly app: App,
  ) {
    this.random = new Random(seedOf(world.seed, `hostile ${n}`));
  }

  /** Attacks. */
  async act({ does }: HostileIntention): Promise<void> {
    const victim = this.victim();
    const frameId = victim?.executed.at(-1)?.frameId;
    if (!victim || frameId === undefined) return;
    this.world.trace.tell(`hostile ${this.n}`, `${does} ${victim.id} ${frameId}`);
    const forged = { forged: `hostile ${this.n}` };
    const reply = JSON.stringify({ jsonrpc: '2.0', id: frameId, result: forged });
    const params = { id: frameId, seq: 0, data: `forged by hostile ${this.n}` };
    const progress = JSON.stringify({ jsonrpc: '2.0', method: 'relay.progress', params });
    switch (does) {
      case 'foreign-reply':
        return this.runtime.say(reply, this.mayNotWrite(does));
      case 'foreign-progress':
        return this.runtime.say(progress, this.mayNotWrite(does));
      case 'app-reply':
        return this.app.say(reply, this.mayNotWrite(does));
      case 'app-progress':
        return this.app.say(progress, this.mayNotWrite(does));
      case 'post-foreign-reply':
        return await this.refused(does, this.runtime.tenant.secret, {
          route: 'POST /api/relay/replies/{id}',
          params: { id: frameId },
          body: reply,
        });
      case 'read-foreign-params':
        return await this.refused(does, this.runtime.tenant.secret, {
          route: 'GET /api/relay/rpc/{id}/params',
          params: { id: frameId },
        });
      case 'ask-foreign-call':
        return await this.refusedUnlessOwn(victim, does, {
          route: 'GET /api/relay/rpc/{id}',
          params: { id: victim.callId },
        });
      case 'forged-token':
        return await this.refused(does, this.forged(this.app.client.token), {
          route: 'GET /api/relay/status',
        });
      case 'forged-secret':
        return await this.refused(does, this.forged(this.runtime.tenant.secret), {
          route: 'POST /api/relay/codes',
        });
      case 'resume-foreign-call':
        // Under an id that it has given itself it would go on with a call of its own.
        if (this.app.hasGiven(victim.callId)) return;
        return this.app.say(resume(victim.callId), ({ changes }) => {
          if (changes > 0 && !this.app.hasGiven(victim.callId))
            this.breach(`${does} of hostile ${this.n} changed ${changes} rows.`);
        });
      case 'cancel-foreign-call':
        return await this.refusedUnlessOwn(victim, does, {
          route: 'POST /api/relay/rpc/{id}/cancel',
          params: { id: victim.callId },
        });
    }
  }

  /** A call of another tenant: one that runs, rather than one that has ended. */
  private victim(): CallBook | undefined {
    const others = [...this.books.calls.values()].filter(
      ({ tenant, executed }) => tenant !== this.runtime.tenant.number && executed.length > 0,
    );
    const running = others.filter(({ told }) => told.length === 0);
    return this.random.pick(running.length > 0 && this.random.chance(0.8) ? running : others);
  }

  /** Another credential for the same identity: the ids in it are right. */
  private forged(credential: string): string {
    return `${credential.slice(0, -8)}${Buffer.from(this.random.bytes(6)).toString('base64url')}`;
  }

  private mayNotWrite(does: string): (invocation: Invocation) => void {
    return ({ changes }) => {
      if (changes > 0) this.breach(`${does} of hostile ${this.n} changed ${changes} rows.`);
    };
  }

  /** Two Apps count alike: an id that is the App's own, now or a moment later, is no attack. */
  private async refusedUnlessOwn({ callId }: CallBook, does: string, request: Request): Promise<void> {
    if (this.app.hasGiven(callId)) return;
    await this.refused(does, this.app.client.token, request, () => this.app.hasGiven(callId));
  }

  private async refused(
    does: string,
    credential: string,
    request: Request,
    isOwn: () => boolean = () => false,
  ): Promise<void> {
    const { answer } = this.world.rest.send({ ...request, credential }, this.random);
    const { broken, status, invocation } = await answer;
    if (isOwn()) return;
    if (!broken && status < 400) this.breach(`${does} of hostile ${this.n} was answered ${status}.`);
    if (invocation) this.mayNotWrite(does)(invocation);
  }

  private breach(detail: string): void {
    this.books.breach('who has no right causes nothing', detail);
  }
}

function resume(callId: string): string {
  const params = { calls: [{ id: callId }] };
  return JSON.stringify({ jsonrpc: '2.0', id: 'hostile', method: 'relay.resume', params });
}
