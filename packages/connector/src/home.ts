/** What the connector keeps on this machine: who it is to the relay, and which agent it stands for. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileStore } from 'agenttown-relay-client/file-store';
import type { Identity, Store } from 'agenttown-relay-client/runtime';
import { type SealedClient, SealedRuntime, type ShownCode } from 'agenttown-relay-client/sealed';

/** Where the agent is, and how it is spoken to. */
export interface AgentPlace {
  /** `openclaw`, `hermes`, or `json-rpc`; found out where it is left out. */
  type?: string;
  endpoint?: string;
  exec?: string;
}

/** The content of the file. */
export interface Kept {
  identity?: Identity;
  agent?: AgentPlace;
  allow?: string[];
  /** Whether Apps that did not seal their pairing are refused. */
  sealedOnly?: boolean;
}

/** The folder and what is in it. */
export class Home {
  readonly file: string;
  readonly #lock: string;
  readonly #store: Store<Kept>;
  /** Who is sealed, and which codes are shown: in files of their own, since two commands write them at one time. */
  readonly #sealed: { clients: Store<SealedClient[]>; codes: Store<ShownCode[]> };

  /** `AGENTTOWN_HOME`, else `.agenttown` in the person's own folder. */
  constructor(environment: NodeJS.ProcessEnv) {
    const folder = environment.AGENTTOWN_HOME || join(homedir(), '.agenttown');
    this.file = join(folder, 'connector.json');
    this.#lock = join(folder, 'relay.pid');
    this.#store = fileStore<Kept>(this.file);
    this.#sealed = {
      clients: fileStore<SealedClient[]>(join(folder, 'sealed-clients.json')),
      codes: fileStore<ShownCode[]>(join(folder, 'sealed-codes.json')),
    };
  }

  async load(): Promise<Kept> {
    return (await this.#store.load()) ?? {};
  }

  /** Changes what is kept. */
  async save(change: Kept): Promise<void> {
    await this.#store.save({ ...(await this.load()), ...change });
  }

  async clear(): Promise<void> {
    for (const store of [this.#store, this.#sealed.clients, this.#sealed.codes]) await store.clear();
  }

  /** Sealing, with what is kept here. */
  seal(options: { sealedOnly?: boolean } = {}): SealedRuntime {
    return new SealedRuntime({ ...this.#sealed, ...options });
  }

  /** The identity alone, for the library. */
  get identities(): Store<Identity> {
    return {
      load: async () => (await this.load()).identity,
      save: (identity) => this.save({ identity }),
      clear: () => this.clear(),
    };
  }

  /** The identity; throws a sentence where there is none. */
  async identity(): Promise<Identity> {
    const { identity } = await this.load();
    if (identity) return identity;
    throw new Error('Nothing is paired here yet: agenttown relay-pair --agenttown-url <url>');
  }

  /**
   * Makes this process the one that serves the identity: two would take each other's place and could run a command twice. Throws a
   * sentence when another lives; what comes back gives it up.
   */
  takeTurn(): () => void {
    mkdirSync(dirname(this.#lock), { recursive: true, mode: 0o700 });
    for (const isLast of [false, true]) {
      try {
        writeFileSync(this.#lock, String(process.pid), { flag: 'wx', mode: 0o600 });
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const pid = Number(readFileSync(this.#lock, 'utf8'));
        if (isLast || (pid !== process.pid && lives(pid)))
          throw new Error(`agenttown relay runs here already (process ${pid}). End that one first.`);
        rmSync(this.#lock, { force: true });
      }
    }
    return () => rmSync(this.#lock, { force: true });
  }
}

function lives(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
