/** For runtimes: register, connect, answer. */

export { type CallContext, type Method, MethodError, methodNotFound } from './runtime/handler';
export { type AccessCode, type Identity, type RegisterOptions, register } from './runtime/identity';
export {
  type GatewayStatus,
  gatewayStatus,
  type Leaving,
  leaveDescriptor,
  listClients,
  type PairedClient,
  removeGateway,
  revokeClient,
} from './runtime/owner';
export {
  connect,
  type Runtime,
  type RuntimeEvents,
  type RuntimeOptions,
  type RuntimeState,
} from './runtime/runtime';
export type { Answer, CodedCall, DecodedCall, RuntimeCodec } from './wire/codec';
export * from './wire/errors';
export type { RuntimeSeal, SealEnds, SealEvent } from './wire/seal';
export type { WebSocketClass } from './wire/socket';
export { type Store, webStore } from './wire/store';
