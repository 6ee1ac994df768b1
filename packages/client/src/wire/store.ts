/** Where credentials are kept between two runs. */
export interface Store<T> {
  /** What was saved last; undefined when there is nothing, or nothing that can be read. */
  load(): Promise<T | undefined> | T | undefined;
  /** Keeps it. A failure is reported and stops nothing: what is running goes on with what it holds. */
  save(value: T): Promise<void> | void;
  /** Forgets it. */
  clear(): Promise<void> | void;
}

/** Keeps credentials in the page's `localStorage`, or in anything of that shape. */
export function webStore<T>(
  key: string,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
): Store<T> {
  return {
    load() {
      try {
        return JSON.parse(storage.getItem(key) ?? 'null') ?? undefined;
      } catch {
        return undefined;
      }
    },
    save: (value) => storage.setItem(key, JSON.stringify(value)),
    clear: () => storage.removeItem(key),
  };
}
