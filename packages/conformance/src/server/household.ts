/** A runtime, an App and who they are: what most cases begin with. */
import type { OnCommand, Peer } from '../wire/peer';

/** A registered runtime. */
export interface Gateway {
  gatewayId: string;
  relaySecret: string;
  accessCode: string;
  accessCodeExpiresAt: string;
  relayUrl: string;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into it
  limits: any;
}

/** A paired App. */
export interface App {
  gatewayId: string;
  clientId: string;
  clientToken: string;
  relayUrl: string;
  connected: boolean;
}

/** A runtime on its socket, and an App that is paired with it. */
export interface Household {
  gateway: Gateway;
  runtime: Peer;
  app: App;
}

/** What most runtimes of the kit do: `quiet` and what begins with it is never answered. */
export const answers: OnCommand = ({ id, method, params, meta }, peer) => {
  if (method.startsWith('quiet')) return undefined;
  if (method === 'meta') return meta;
  if (method === 'fail')
    return void peer.send({ jsonrpc: '2.0', id, error: { code: 'E_KIT', message: 'no', data: { why: 1 } } });
  return params ?? null;
};

/** Never answers. */
export const silent: OnCommand = () => undefined;
