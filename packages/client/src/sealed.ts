/** Sealing: what an App and its runtime say to each other is read by nobody between them. docs/sealing.md is the protocol. */
export { type SealAppOptions, sealApp } from './sealed/app';
export type { SealCode } from './sealed/errors';
export type { ShownCode } from './sealed/pairing/codes';
export { type SealedClient, SealedRuntime, type SealRuntimeOptions } from './sealed/runtime';
export type { CallKeys } from './sealed/sessions/known-calls';
export type { AppSeal, RuntimeSeal, SealEnds, SealEvent, SealedPairing } from './wire/seal';
