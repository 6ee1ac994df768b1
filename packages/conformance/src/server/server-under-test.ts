/** The server that is judged, and what its cases share. */

import type { Gateway, Household } from './household';
import { Sources } from './source';
import { ServerWorld } from './world';

/** Where it is, and who may register there. */
export interface ServerAddress {
  url: string;
  /** Without one the server must have open registration. */
  token?: string | undefined;
}

/** One server under test. */
export class ServerUnderTest {
  private kept: ServerWorld | undefined;
  private household: Promise<Household> | undefined;

  private constructor(
    readonly url: string,
    readonly token: string | undefined,
    readonly sources: Sources,
  ) {}

  /** Looks where requests can come from; asks nothing of the server yet. */
  static async at({ url, token }: ServerAddress): Promise<ServerUnderTest> {
    const base = url.replace(/\/+$/, '');
    return new ServerUnderTest(base, token, await Sources.of(base));
  }

  /** Whether path and query both name a gateway, as on one machine and behind the edge: what it answers says which it prefers. */
  hasPathForm = false;

  /** The runtime that was registered to see whether anybody may; whatever is shared begins with it. */
  first: Gateway | undefined;

  /** The world of what is shared. */
  keeper(): ServerWorld {
    this.kept ??= new ServerWorld(this);
    return this.kept;
  }

  /** What is shared, made once. */
  shared(make: () => Promise<Household>): Promise<Household> {
    this.household ??= make();
    return this.household;
  }

  /** Takes away what was shared. */
  async end(): Promise<void> {
    await this.household?.catch(() => {});
    await this.kept?.end();
  }
}
