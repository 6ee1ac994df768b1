/** Who may touch what. */
import type { FunctionName, Functions } from './functions/functions';
import type { RegistrationToken } from './registration-token';
import type { GuardQueue } from './relay/guard-queue';
import type { RelaySocket } from './relay/relay-socket';
import type { Tables } from './tables/tables';

/** The letters of the tables' columns. `Q` covers the indexes; `S` is the table's stream. */
export const tableVerbs = {
  G: 'GetItem',
  B: 'BatchGetItem',
  Q: 'Query',
  P: 'PutItem',
  U: 'UpdateItem',
  D: 'DeleteItem',
  W: 'BatchWriteItem',
  S: 'stream',
} as const;

/** The letters of the sockets' column: is it open, post to it, close it. */
export const socketVerbs = { G: 'GET', P: 'POST', D: 'DELETE' } as const;

/** The letters of the queue's column: post a guard, receive those whose time has come. */
export const guardVerbs = { P: 'SendMessage', R: 'receive' } as const;

/**
 * What a function may touch: tables, sockets, the queue of guards, and the registration token where registering
 * needs it (`R`: read it).
 */
export const columns = [
  'codes',
  'gateways',
  'clients',
  'connections',
  'rpcs',
  'monitorEvents',
  'attempts',
  'sockets',
  'guards',
  'token',
] as const;

/** One function's letters, column by column; `-` is no access at all. */
type Row = Cells<typeof columns>;
type Cells<Columns extends readonly unknown[]> = { [K in keyof Columns]: string };

// biome-ignore format: a matrix is read by its columns
export const access: Record<FunctionName, Row> = {
  //                  codes gateways clients connections rpcs     events attempts sockets guards token
  'front':           ['-',  '-',     '-',    '-',        '-',     '-',   '-',     '-',    '-',   '-'],
  'health':          ['-',  '-',     '-',    '-',        '-',     '-',   '-',     '-',    '-',   '-'],
  'register':        ['PD', 'GPU',   '-',    '-',        '-',     'P',   'BU',    '-',    '-',   'R'],
  'pairings':        ['PD', '-',     '-',    '-',        '-',     'P',   'BU',    '-',    '-',   'R'],
  'redeem':          ['GD', 'GU',    'PQ',   'D',        '-',     'P',   'BU',    'GP',   'P',   '-'],
  'rpc':             ['-',  'GBU',   'BQU',  'D',        'GBQPU', 'P',   '-',     'GP',   'P',   '-'],
  'replies':         ['-',  'G',     '-',    '-',        'GQPU',  'P',   '-',     'P',    'P',   '-'],
  'status':          ['P',  'GBU',   'BQU',  'D',        '-',     'P',   '-',     'GP',   'P',   '-'],
  'gateway-admin':   ['PD', 'GBUD',  'BQD',  '-',        'BQUW',  'P',   '-',     'PD',   'P',   '-'],
  'socket':          ['D',  'GBU',   'BQU',  'GPUD',     'GBQPUD', 'P',  '-',     'GPD',  'P',   '-'],
  'guard':           ['-',  'GU',    'Q',    'D',        'GBQU',  'P',   '-',     'GPD',  'PR',  '-'],
  'monitor':         ['P',  '-',     '-',    'U',        '-',     'PQ',  'BU',    '-',    '-',   'R'],
  'monitor-page':    ['-',  '-',     '-',    '-',        '-',     '-',   '-',     '-',    '-',   '-'],
  'app-page':        ['-',  '-',     '-',    '-',        '-',     '-',   '-',     '-',    '-',   '-'],
  'monitor-fan-out': ['-',  '-',     '-',    'GUD',      '-',     'S',   '-',     'PD',   '-',   'R'],
};

/** What the columns stand for. */
interface Things {
  tables: Tables;
  relay: RelaySocket;
  guards: GuardQueue;
  /** Absent where registration is open. */
  token: RegistrationToken | undefined;
}

/** Gives every function what its row says: each cell is a permission, and the variable that names what it is to. */
export function grantAccess(functions: Functions, { tables, relay, guards, token }: Things): void {
  for (const [name, row] of Object.entries(access) as Array<[FunctionName, Row]>) {
    const fn = functions[name];
    if (!fn) continue;
    for (const [at, letters] of row.entries()) {
      const column = columns[at]!;
      if (letters === '-') continue;
      if (column === 'token') token?.grantRead(fn);
      else if (column === 'guards') guards.grant(fn, ...verbsOf(letters, guardVerbs));
      else if (column === 'sockets') relay.grant(fn, ...verbsOf(letters, socketVerbs));
      else tables[column].grant(fn, ...verbsOf(letters, tableVerbs));
    }
  }
}

function verbsOf<T extends Record<string, string>>(letters: string, verbs: T): Array<T[keyof T]> {
  return [...letters].map((letter) => {
    if (!Object.hasOwn(verbs, letter))
      throw new Error(`lib/access.ts has a letter that means nothing: ${letter}.`);
    return verbs[letter as keyof T];
  });
}
