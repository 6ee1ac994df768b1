/**
 * What the App keeps in this browser: records in IndexedDB, each sealed with a key that no script can read out, not even
 * this one. Where the browser has no such keys (a page without TLS on another machine), nothing outlives the page.
 */

/** The records that are kept; a `key` opens the answer of a call that runs. */
export type Kind = 'agent' | 'call' | 'key';

/** Keeps records by kind and id. */
export interface Vault {
  /** Whether what is put is there after a restart. */
  readonly lasts: boolean;
  all<T>(kind: Kind): Promise<T[]>;
  /** One; `undefined` where there is none, or none that can be opened. */
  get<T>(kind: Kind, id: string): Promise<T | undefined>;
  put(kind: Kind, id: string, value: unknown): Promise<void>;
  remove(kind: Kind, id: string): Promise<void>;
}

const NAME = 'agenttown-app';
const RECORDS = 'records';
const KEYS = 'keys';

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

/** Opens the vault; one in memory where this browser keeps none. */
export async function openVault(): Promise<Vault> {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return memoryVault();
  try {
    const database = await openDatabase();
    return sealedVault(database, await keyOf(database));
  } catch {
    return memoryVault();
  }
}

function sealedVault(database: IDBDatabase, key: CryptoKey): Vault {
  const store = (mode: IDBTransactionMode) => database.transaction(RECORDS, mode).objectStore(RECORDS);
  return {
    lasts: true,
    async all<T>(kind: Kind) {
      const range = IDBKeyRange.bound(`${kind}:`, `${kind}:\uffff`);
      const sealed = await settled<Sealed[]>(store('readonly').getAll(range));
      // One record that cannot be opened hides no other.
      const opened = await Promise.all(sealed.map((record) => open<T>(key, record).catch(() => undefined)));
      return opened.filter((value): value is Awaited<T> & {} => value !== undefined) as T[];
    },
    async get<T>(kind: Kind, id: string) {
      const record = await settled<Sealed | undefined>(store('readonly').get(`${kind}:${id}`));
      return record && (await open<T>(key, record).catch(() => undefined));
    },
    async put(kind, id, value) {
      const record = await seal(key, value);
      await settled(store('readwrite').put(record, `${kind}:${id}`));
    },
    async remove(kind, id) {
      await settled(store('readwrite').delete(`${kind}:${id}`));
    },
  };
}

function memoryVault(): Vault {
  const records = new Map<string, unknown>();
  return {
    lasts: false,
    all: async <T>(kind: Kind) =>
      [...records].filter(([id]) => id.startsWith(`${kind}:`)).map(([, value]) => value as T),
    get: async <T>(kind: Kind, id: string) => records.get(`${kind}:${id}`) as T | undefined,
    put: async (kind, id, value) => void records.set(`${kind}:${id}`, value),
    remove: async (kind, id) => void records.delete(`${kind}:${id}`),
  };
}

async function seal(key: CryptoKey, value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text) };
}

async function open<T>(key: CryptoKey, { iv, bytes }: Sealed): Promise<T> {
  const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes);
  return JSON.parse(new TextDecoder().decode(text)) as T;
}

async function keyOf(database: IDBDatabase): Promise<CryptoKey> {
  const store = () => database.transaction(KEYS, 'readwrite').objectStore(KEYS);
  const known = await settled<CryptoKey | undefined>(store().get('seal'));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await settled(store().put(made, 'seal'));
  return made;
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(RECORDS);
    request.result.createObjectStore(KEYS);
  };
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
