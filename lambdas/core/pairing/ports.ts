/**
 * What pairing needs of the world. Each store has a memory form (tests) and a DynamoDB form (`lambdas/aws/pairing`), held to
 * one contract by one test suite. Times are epoch milliseconds; a row is dead from `expiresAtMs` on, deleted or not.
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
  /** The runtime's sockets, newest first: the first gets the commands, and whatever one of them says counts. */
  sockets: OpenSocket[];
  lastSeenAtMs?: number;
  /** When a socket of it last left; counts while it has none. */
  leftAtMs?: number;
  /** What the runtime declared in its last `relay.hello`. */
  features?: string[];
}

/** A socket, as the row of the credential that opened it names it. */
export interface OpenSocket {
  connectionId: string;
  connectedAtMs: number;
}

/** What entering a socket did. Both lists are newest first, without the socket that was entered. */
export interface Entered {
  /** The sockets that were there. */
  before: OpenSocket[];
  /** Those of them that had to make room: the oldest. */
  pushedOut: OpenSocket[];
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
   * Enters a socket that this secret opened; over `maxSocketsPerCredential` the oldest makes room. `gone` without the
   * gateway, or when that is not its secret any more.
   */
  enter(gatewayId: string, socket: OpenSocket, secretHash: string): Promise<Entered | 'gone'>;
  /** Takes a socket out and gives those that are left; `not-there` leaves all as it was. */
  leave(gatewayId: string, socket: OpenSocket, atMs: number): Promise<{ left: OpenSocket[] } | 'not-there'>;
  /**
   * Records a sign of life from a socket, and what the runtime says it can do where it says so; `not-there` when it is
   * none of the gateway's sockets (any more).
   */
  seen(
    gatewayId: string,
    socket: OpenSocket,
    atMs: number,
    features?: string[],
  ): Promise<'seen' | 'not-there'>;
  /**
   * Replaces the secret `from`, and takes out every socket that it opened in the same write; `gone` when that is not
   * the secret any more.
   */
  rotateSecret(
    gatewayId: string,
    from: string,
    to: string,
    atMs: number,
  ): Promise<{ sockets: OpenSocket[] } | 'gone'>;
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
  /** The App's sockets, newest first. */
  sockets: OpenSocket[];
  /** What it holds only so many of; those whose time is over count no more. */
  calls: Lease[];
  streams: Lease[];
}

/** A place for something long, free by itself at `untilMs` whatever became of its holder. */
export interface Lease {
  id: string;
  untilMs: number;
}

/** What a client has quotas for: calls that somebody waits for, and the streams among them. */
export const leaseKinds = ['calls', 'streams'] as const;
export type LeaseKind = (typeof leaseKinds)[number];
export type Leases = Partial<Record<LeaseKind, Lease>>;

/** A client by its key and its token's hash: whatever is written on its word holds that hash. */
export type ClientRef = Pick<Client, 'gatewayId' | 'clientId' | 'tokenHash'>;

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
  /** Gives the client as it was; `not-found` for an expired one too. */
  remove(gatewayId: string, clientId: string, nowMs: number): Promise<Client | 'not-found'>;
  /** Removes every client of a gateway, live or not, and gives them as they were. */
  removeAll(gatewayId: string): Promise<Client[]>;
  /** Enters a socket that this client's token opened, as `GatewayStore.enter` does; `gone` without the client. */
  enter(client: ClientRef, socket: OpenSocket): Promise<Entered | 'gone'>;
  /** Takes a socket out. */
  leave(client: Pick<Client, 'gatewayId' | 'clientId'>, socket: OpenSocket): Promise<void>;
  /**
   * Takes places, all or none, and gives the client as it stands then. `full` while one of the quotas is used up by places
   * whose time is not over, `gone` without the client. Calls in `dropping.over` are known to have ended: their places are
   * dropped in the same write, where the row still names those in `dropping.seen`.
   */
  hold(
    client: ClientRef,
    leases: Leases,
    nowMs: number,
    dropping?: { over: Lease[]; seen: Lease[] },
  ): Promise<Client | 'full' | 'gone'>;
  /** Gives places back; nothing happens where they are not held. */
  giveBack(client: Pick<Client, 'gatewayId' | 'clientId'>, leases: Leases): Promise<void>;
  /** Notes that a client was used, and until when it lives now. Revives none that is gone. */
  used(client: Client, atMs: number, expiresAtMs: number): Promise<void>;
}

/** What happens to a gateway's calls when its owner decides. */
export interface CallSweep {
  /** Removes the calls that these clients, as they were, had under way. */
  removeAll(gatewayId: string, clients: Client[]): Promise<void>;
  /** From here on no pending call is answered by the usual write of one of these sockets. */
  withdrawAll(gatewayId: string, from: OpenSocket[], nowMs: number): Promise<void>;
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

/** Reaches open sockets. */
export interface SocketCloser {
  /** `gone` is a 410; `unclear` is any other failure, after which the frame may have arrived or not. */
  post(connectionId: string, frame: string): Promise<'sent' | 'gone' | 'unclear'>;
  /** `gone` where there is no such socket (any more); `unclear` when it may still be open. */
  close(connectionId: string): Promise<'closed' | 'gone' | 'unclear'>;
}
