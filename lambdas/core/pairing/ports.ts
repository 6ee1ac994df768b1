/**
 * What pairing needs of the world, as narrow as it needs it. Each store has a memory form (tests) and a DynamoDB form
 * (`lambdas/aws/pairing`), held to the same contract by one test suite. Times are epoch milliseconds; a row is dead from
 * `expiresAtMs` on, whether the table still has it or not.
 */
/** A runtime's identity. */
export interface Gateway {
  gatewayId: string;
  secretHash: string;
  runtimeType: string;
  displayName: string;
  machineId?: string;
  capabilities: unknown;
  createdAtMs: number;
  /** Hash of the one access code that is live, if any. */
  accessCodeHash?: string;
  /** The socket that gets the commands: the newest. */
  socket?: RuntimeSocket;
  lastSeenAtMs?: number;
  /** When it last lost its only socket; absent while it has one. */
  leftAtMs?: number;
  /** What the runtime declared in its last `relay.hello`. */
  features?: string[];
}

/** The socket a runtime is reached by. */
export interface RuntimeSocket {
  connectionId: string;
  connectedAtMs: number;
}

/** The part of a gateway that a new registration replaces. */
export type GatewayDetails = Pick<Gateway, 'runtimeType' | 'displayName' | 'machineId' | 'capabilities'>;

/** Registered identities. */
export interface GatewayStore {
  /** Does not find a gateway whose removal has begun. */
  read(gatewayId: string): Promise<Gateway | undefined>;
  /** Finds that one too: for whoever goes on removing it. */
  readEvenLeaving(gatewayId: string): Promise<Gateway | undefined>;
  /** `exists` when the id is taken. */
  create(gateway: Gateway): Promise<'created' | 'exists'>;
  /** Refreshes what a runtime says of itself; `gone` when there is no such gateway. */
  describe(gatewayId: string, details: GatewayDetails): Promise<'described' | 'gone'>;
  /**
   * Puts a socket in charge unless a newer one is; `superseded` then, `gone` without the gateway, or where `secretHash`
   * is given and is not its secret's any more.
   */
  attach(
    gatewayId: string,
    socket: RuntimeSocket,
    secretHash?: string,
  ): Promise<'attached' | 'superseded' | 'gone'>;
  /** Takes a socket out of charge; `not-in-charge` leaves all as it was. */
  detach(gatewayId: string, connectionId: string, atMs: number): Promise<'detached' | 'not-in-charge'>;
  /** Records a sign of life, and what the runtime says it can do where it says so. */
  seen(gatewayId: string, atMs: number, features?: string[]): Promise<void>;
  /** Replaces the secret `from`, and takes the socket out of charge; `gone` when that is not the secret any more. */
  rotateSecret(gatewayId: string, from: string, to: string, atMs: number): Promise<'rotated' | 'gone'>;
  /** Marks a gateway with this secret as leaving: from here on nobody else finds it. Again and again if need be. */
  startRemoval(gatewayId: string, secretHash: string, atMs: number): Promise<Gateway | 'gone'>;
  remove(gatewayId: string): Promise<void>;
}

/** One paired App. */
export interface Client {
  gatewayId: string;
  clientId: string;
  tokenHash: string;
  label: string;
  createdAtMs: number;
  lastUsedAtMs: number;
  expiresAtMs: number;
}

/** What a code stands for until it is redeemed. */
export interface AccessCode {
  codeHash: string;
  gatewayId: string;
  expiresAtMs: number;
}

/** Access codes and the clients that they turn into. */
export interface PairingStore {
  /**
   * Makes this the gateway's only live code, and forgets the one it `replaces`. `changed` when that is not the
   * gateway's code any more, or the gateway is gone.
   */
  issueCode(code: AccessCode, replaces: string | undefined): Promise<'issued' | 'changed'>;
  /** The code, if it is live at `nowMs`. */
  readCode(codeHash: string, nowMs: number): Promise<AccessCode | undefined>;
  /** Deletes a code's row. */
  forgetCode(codeHash: string): Promise<void>;
  /** In one transaction the code dies and the client lives; `dead` when another redeem won. */
  redeem(code: AccessCode, client: Client, nowMs: number): Promise<'redeemed' | 'dead'>;
}

/** Paired Apps. */
export interface ClientStore {
  /** A client and its gateway in one round trip. Expired clients are not found. */
  readWithGateway(
    gatewayId: string,
    clientId: string,
    nowMs: number,
  ): Promise<{ client?: Client; gateway?: Gateway }>;
  /** The gateway's live clients, as they are now. */
  list(gatewayId: string, nowMs: number): Promise<Client[]>;
  /** `not-found` for an expired one too. */
  remove(gatewayId: string, clientId: string, nowMs: number): Promise<'removed' | 'not-found'>;
  /** Removes every client of a gateway, live or not. */
  removeAll(gatewayId: string): Promise<void>;
  /** Notes that a client was used, and until when it lives now. Revives none that is gone. */
  used(client: Client, atMs: number, expiresAtMs: number): Promise<void>;
}

/** Removes the calls of a gateway. */
export interface CallSweep {
  /** Every row of every call, pending or ended. */
  removeAll(gatewayId: string): Promise<void>;
}

/** A descriptor, as JSON text, behind the hash of its pairing code. */
export interface WaitingDescriptor {
  codeHash: string;
  descriptor: string;
  expiresAtMs: number;
}

/** Descriptors that wait to be fetched. */
export interface DescriptorStore {
  /** `code-exists` while another descriptor waits behind this code. */
  leave(waiting: WaitingDescriptor, nowMs: number): Promise<'left' | 'code-exists'>;
  /** Gives a live descriptor to exactly one taker, and forgets it. */
  take(codeHash: string, nowMs: number): Promise<string | undefined>;
}

/** How the redeems of one source stand in its window. */
export interface SourceAttempts {
  /** Places taken: failures, and redeems that are under way. */
  taken: number;
  failures: number;
  /** Of the last failure; 0 without one. */
  failedAtMs: number;
  /** Also the window's name: no two windows of a source end in the same millisecond. */
  windowEndsAtMs: number;
}

/** Attempts to redeem, by the hash of their source. */
export interface AttemptStore {
  /** The source's last window, over or not, and the failures of all sources in this or the last minute, the higher. */
  read(source: string, nowMs: number): Promise<{ row?: SourceAttempts; failuresOfAll: number }>;
  /** Begins a window, with one place taken; `changed` when it is not the window that ended at `endedAtMs` any more. */
  open(source: string, endedAtMs: number | undefined, windowEndsAtMs: number): Promise<'taken' | 'changed'>;
  /** Takes a place while fewer than `places` are taken. */
  join(source: string, windowEndsAtMs: number, places: number): Promise<'taken' | 'changed'>;
  /** Gives a place back; nothing happens once the window was followed by another. */
  giveBack(source: string, windowEndsAtMs: number): Promise<void>;
  /** Turns a place into a failure; nothing happens once the window was followed by another. */
  fail(source: string, windowEndsAtMs: number, atMs: number): Promise<void>;
  /** Counts a failure among those of all sources. */
  countFailure(atMs: number): Promise<void>;
}

/** An open socket, as far as its gateway's owner cares. */
export interface OpenSocket {
  connectionId: string;
  role: 'runtime' | 'client' | 'viewer';
  clientId?: string;
}

/** The open sockets of a gateway, for an owner whose decision ends them. */
export interface OpenSockets {
  /** The gateway's live sockets of every role, newest first. */
  ofGateway(gatewayId: string, nowMs: number): Promise<OpenSocket[]>;
  remove(connectionId: string): Promise<void>;
}

/** Closes sockets. */
export interface SocketCloser {
  /** Closes a socket; nothing happens where there is none. */
  close(connectionId: string): Promise<void>;
}
