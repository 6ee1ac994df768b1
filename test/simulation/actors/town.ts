/** Who lives in a world: tenants, each with a runtime, an owner and Apps that are paired with it. */

import { registrationToken } from '../functions/environment';
import type { Books } from '../oracle/books';
import { Random, seedOf } from '../world/random';
import type { Answer, Request } from '../world/rest-front';
import type { World } from '../world/world';
import { Sealing } from './sealing';

/** One gateway and what is known of it. */
export class Tenant {
  gatewayId = '';
  secret = '';
  readonly clients = new Map<string, Client>();
  private pairings = 0;
  /** Its runtime's side of sealing. */
  readonly sealing: Sealing = new Sealing(this);

  constructor(
    readonly world: World,
    readonly books: Books,
    readonly number: number,
  ) {}

  /** Registers, and again until it is told its secret. */
  async register(): Promise<void> {
    const body = { runtimeType: 'simulated' };
    const answer = await insist(this.world, `register ${this.number}`, {
      route: 'POST /api/relay/register',
      credential: registrationToken,
      body,
    });
    const { gatewayId, relaySecret } = JSON.parse(answer.text);
    this.gatewayId = gatewayId;
    this.secret = relaySecret;
  }

  /** Pairs an App: a code whose answer was lost is dead, and another is asked for. Not with a tenant that is lost. */
  async pair(app: number): Promise<Client | undefined> {
    while (!this.books.lost.has(this.number)) {
      const pairing = `${this.number} ${++this.pairings}`;
      const code = await insist(this.world, `code ${pairing}`, {
        route: 'POST /api/relay/codes',
        credential: this.secret,
      });
      const { accessCode } = JSON.parse(code.text);
      const redeemed = await attempt(this.world, `redeem ${pairing}`, {
        route: 'POST /api/relay/redeem',
        body: { accessCode },
        source: `203.0.113.${app}`,
      });
      if (redeemed.broken || redeemed.status !== 200) continue;
      const { clientId, clientToken } = JSON.parse(redeemed.text);
      const client: Client = { clientId, token: clientToken, app, tenant: this };
      this.clients.set(clientId, client);
      return client;
    }
    return undefined;
  }

  /** Rotates the secret: true once the new one is known. Where the answer is lost the tenant is lost with it. */
  async rotate(n: number): Promise<boolean> {
    const answer = await attempt(this.world, `rotate ${n}`, {
      route: 'POST /api/relay/secret',
      credential: this.secret,
    });
    if (!answer.broken && answer.status === 200) {
      this.secret = JSON.parse(answer.text).relaySecret;
      return true;
    }
    const status = await attempt(this.world, `status ${n}`, {
      route: 'GET /api/relay/status',
      credential: this.secret,
    });
    if (status.broken || status.status !== 200) this.books.lost.add(this.number);
    return false;
  }

  /** Revokes the client of an App, and again until it is told that there is no such client any more. */
  async revoke(n: number, client: Client): Promise<boolean> {
    this.books.revokedMs.set(client.clientId, Number.POSITIVE_INFINITY);
    for (let tries = 0; tries < patience && !this.books.lost.has(this.number); tries++) {
      const { broken, status } = await attempt(this.world, `revoke ${n} ${tries}`, {
        route: 'DELETE /api/relay/clients/{clientId}',
        params: { clientId: client.clientId },
        credential: this.secret,
      });
      // A write that was repeated finds the client gone already: 404 says so as well as 204.
      if (!broken && (status === 204 || status === 404)) {
        this.books.revokedMs.set(client.clientId, this.world.timeline.nowMs);
        return true;
      }
      await this.world.timeline.sleep(100);
    }
    return false;
  }

  /** A command reached its runtime. */
  commanded(frameId: string, params: { id?: string; app?: number }, clientId: string | undefined): void {
    const client = this.clients.get(clientId ?? '');
    if (client && client.app === params.app) return;
    this.books.breach('tenants', `Runtime ${this.number} got ${frameId} of ${clientId}, App ${params.app}.`);
  }
}

/** A paired App's identity. */
export interface Client {
  clientId: string;
  token: string;
  app: number;
  tenant: Tenant;
}

/** Sends one request. */
export function attempt(world: World, name: string, request: Request): Promise<Answer> {
  return world.rest.send(request, new Random(seedOf(world.seed, name))).answer;
}

/** How often a request is sent before the world is taken to be broken. */
const patience = 100;

/** Sends a request until it is answered without a fault. */
export async function insist(world: World, name: string, request: Request): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await attempt(world, `${name} try ${tries}`, request);
    if (!answer.broken && answer.status < 500) return answer;
    if (tries === patience)
      throw new Error(`${request.route} fails for ever: ${answer.status} ${answer.text}`);
    await world.timeline.sleep(100);
  }
}
