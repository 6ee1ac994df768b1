/** What the entries `app` and `runtime` know of sealing: its place. What it does lies in the entry `sealed`, for those who use it. */
import type { Method } from '../runtime/handler';
import type { AppCodec, RuntimeCodec } from './codec';

/** What an App keeps of a sealed pairing. */
export interface SealedPairing {
  /** The pairing key, base64url. */
  key: string;
  /** What people compare: the runtime shows the same. */
  fingerprint: string;
  /** ISO 8601, by this device's clock. */
  sealedAt: string;
  /** What proved it. */
  by: 'typed-code';
}

/** Who seals with whom. */
export interface SealEnds {
  gatewayId: string;
  clientId: string;
}

/** Calls a method in plain words: only those of the seal itself are. */
export type PlainCall = (method: string, params: unknown) => Promise<unknown>;

/** Sealing, for an App: `sealApp()` of the entry `sealed`. */
export interface AppSeal {
  /** Pairs by a code's last four characters. */
  pair(code: { accessCode: string; seal: string }, ends: SealEnds, ask: PlainCall): Promise<SealedPairing>;
  /** The codec of a pairing. */
  codecOf(pairing: SealedPairing, ends: SealEnds, ask: PlainCall): AppCodec;
}

/** What a runtime's owner is told. */
export type SealEvent =
  | { what: 'sealed'; clientId: string; fingerprint: string }
  | { what: 'wrong-guess'; clientId: string; guessesLeft: number }
  | { what: 'refused-unsealed'; clientId: string };

/** Sealing, for a runtime: `sealRuntime()` of the entry `sealed`. */
export interface RuntimeSeal {
  /** The methods that are answered in plain words. */
  methodsOf(world: { gatewayId(): string; tell(event: SealEvent): void }): Record<string, Method>;
  /** The codec of a client; it refuses what may not be plain. */
  codecOf(ends: SealEnds, tell: (event: SealEvent) => void): RuntimeCodec;
}
