/** Sealing, for a runtime: who is sealed, which codes are shown, and what may be plain. */
import type { RuntimeCodec } from '../wire/codec';
import type { RuntimeSeal, SealEnds, SealEvent, SealedPairing } from '../wire/seal';
import type { Store } from '../wire/store';
import { SealRefusal } from './errors';
import { type ShownCode, ShownCodes } from './pairing/codes';
import { pairMethod } from './pairing/exchange';
import { Exchanges } from './pairing/runtime-pairing';
import { Turns } from './pairing/turns';
import { fingerprintOf } from './parcels/keys';
import { fromBase64, toBase64 } from './primitives/bytes';
import { openMethod } from './sessions/app-session';
import { runtimeCodec } from './sessions/runtime-codec';
import { RuntimeSessions } from './sessions/runtime-sessions';

/** What a runtime keeps of an App that sealed its pairing. */
export interface SealedClient extends SealedPairing, SealEnds {}

/** How a runtime seals. */
export interface SealRuntimeOptions {
  /** Where the pairing keys lie: of this runtime alone, readable by its owner alone. */
  clients: Store<SealedClient[]>;
  /** Where the codes lie that are shown. */
  codes: Store<ShownCode[]>;
  /** Whether Apps that did not seal are refused. Default false: whoever runs the relay can make such an App. */
  sealedOnly?: boolean;
  /** Milliseconds that only go forward; for tests. */
  now?: () => number;
  /** Milliseconds since 1970, by which codes grow old; for tests. */
  date?: () => number;
}

/** As many Apps as two gateways may have. */
const maxClients = 64;

/** Sealing for `connect` of the entry `runtime`. */
export class SealedRuntime implements RuntimeSeal {
  readonly #sessions: RuntimeSessions;
  readonly #codes: ShownCodes;
  readonly #turns = new Turns();
  #clients: Promise<SealedClient[]> | undefined;

  constructor(private readonly options: SealRuntimeOptions) {
    this.#sessions = new RuntimeSessions(options.now);
    this.#codes = new ShownCodes(options.codes, options.date);
  }

  /** The code to show for an access code of the relay: `AT-XXXX-XXXX-XXXX-YYYY`. */
  async show(accessCode: string): Promise<string> {
    return await this.#codes.show(accessCode);
  }

  /** The Apps that sealed their pairing. */
  async clients(): Promise<readonly SealedClient[]> {
    this.#clients ??= (async () => (await this.options.clients.load()) ?? [])();
    try {
      return await this.#clients;
    } catch (error) {
      // Whoever cannot read who is sealed takes nobody for unsealed; the next call reads again.
      this.#clients = undefined;
      throw error;
    }
  }

  methodsOf({ gatewayId, tell }: { gatewayId(): string; tell(event: SealEvent): void }) {
    const exchanges = new Exchanges({
      codes: this.#codes,
      keep: async (ends, key) => {
        await this.#keep(ends, key);
        tell({ what: 'sealed', clientId: ends.clientId, fingerprint: fingerprintOf(key) });
      },
      onWrongGuess: ({ clientId }, guessesLeft) => tell({ what: 'wrong-guess', clientId, guessesLeft }),
    });
    return {
      [pairMethod]: async (params: unknown, { clientId }: { clientId: string }) => {
        const ends = { gatewayId: gatewayId(), clientId };
        if (await this.#keyOf(ends))
          throw new SealRefusal('This App is sealed already.', 'seal_code_unknown');
        return await exchanges.answer(params, ends);
      },
      [openMethod]: async (params: unknown, { clientId }: { clientId: string }) => {
        const ends = { gatewayId: gatewayId(), clientId };
        const key = await this.#keyOf(ends);
        if (!key)
          throw new SealRefusal(
            'This runtime does not know the pairing, or not any more: pair anew.',
            'seal_pairing_unknown',
          );
        return this.#sessions.answer(params, key, ends);
      },
    };
  }

  codecOf(ends: SealEnds, tell: (event: SealEvent) => void): RuntimeCodec {
    return {
      decodeCall: async (call) => {
        if (call.method === pairMethod || call.method === openMethod) return call;
        const key = await this.#keyOf(ends);
        if (key) return await runtimeCodec(key, ends, this.#sessions).decodeCall(call);
        if (!this.options.sealedOnly && call.method !== 'sealed') return call;
        tell({ what: 'refused-unsealed', clientId: ends.clientId });
        throw new SealRefusal(
          'This runtime takes sealed calls only: pair by the code of sixteen characters that it shows.',
          'seal_required',
        );
      },
    };
  }

  async #keyOf({ gatewayId, clientId }: SealEnds): Promise<Uint8Array | undefined> {
    const client = (await this.clients()).find(
      (each) => each.clientId === clientId && each.gatewayId === gatewayId,
    );
    return fromBase64(client?.key);
  }

  #keep(ends: SealEnds, key: Uint8Array): Promise<void> {
    const about = {
      fingerprint: fingerprintOf(key),
      sealedAt: new Date().toISOString(),
      by: 'typed-code',
    } as const;
    const client: SealedClient = { ...ends, key: toBase64(key), ...about };
    return this.#turns.take(async () => {
      const all = [...(await this.clients()), client].slice(-maxClients);
      await this.options.clients.save(all);
      this.#clients = Promise.resolve(all);
    });
  }
}
