/** A runtime that seals and Apps, with a hostile relay between them. */
import { type AppOptions, pair, type RelayApp } from 'agenttown-relay-client/app';
import { connect, type Method, type Runtime } from 'agenttown-relay-client/runtime';
import {
  type SealEvent,
  type SealedClient,
  SealedRuntime,
  type ShownCode,
  sealApp,
} from 'agenttown-relay-client/sealed';
import { memoryStore } from '../../../support/memory-store';
import { HostileRelay } from './hostile-relay';

export class SealedHousehold {
  readonly relay = new HostileRelay();
  readonly kept = { clients: memoryStore<SealedClient[]>(), codes: memoryStore<ShownCode[]>() };
  readonly events: SealEvent[] = [];
  seal!: SealedRuntime;
  runtime!: Runtime;
  /** How many days have passed: a day has a dozen wrong guesses. */
  days = 0;
  #codes = 0;

  constructor(private readonly methods: Record<string, Method>) {}

  /** Starts the runtime, with what it kept and nothing else. */
  async start(options: { sealedOnly?: boolean; now?: () => number } = {}): Promise<void> {
    await this.runtime?.close();
    const { identity, fetch, WebSocket } = this.relay;
    const date = () => Date.now() + this.days * 86_400_000;
    this.seal = new SealedRuntime({ ...this.kept, date, ...options });
    this.runtime = connect(identity, { methods: this.methods, seal: this.seal, fetch, WebSocket });
    this.runtime.on('seal', (event) => this.events.push(event));
    await this.runtime.connected();
  }

  /** A code as the runtime shows it, for an access code as the relay draws them. */
  async code(): Promise<string> {
    return await this.seal.show(`AT-0000-0000-${String(++this.#codes).padStart(4, '0')}`);
  }

  /** Pairs an App by a code. */
  async pair(code?: string, options: AppOptions = {}): Promise<RelayApp> {
    const { fetch } = this.relay;
    const typed = code ?? (await this.code());
    return await pair('http://relay', typed, {
      seal: sealApp(),
      fetch,
      way: 'http',
      sealPatienceMs: 0,
      ...options,
    });
  }

  async stop(): Promise<void> {
    await this.runtime.close();
  }
}
