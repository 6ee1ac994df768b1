/** For Apps: pair, call, follow. */
export type { CallStream } from './app/call-stream';
export type { CallOptions } from './app/outgoing';
export { type PairOptions, pair, reopen } from './app/pair';
export {
  type AppEvents,
  type AppOptions,
  type Call,
  type Credentials,
  open,
  type RelayApp,
  type RuntimeStatus,
} from './app/relay-app';
export type { Answer, AppCodec, CodedCall } from './wire/codec';
export * from './wire/errors';
export type { AppSeal, PlainCall, SealEnds, SealedPairing } from './wire/seal';
export type { WebSocketClass } from './wire/socket';
export { type Store, webStore } from './wire/store';
