/** Counts every change of a row: the memory stores are built over this map when they are built for the world. */

/** How many rows were written or deleted since the program began. */
export const changes = { count: 0 };

/** A map that counts its changes. */
export class CountedMap<Key, Value> extends Map<Key, Value> {
  override set(key: Key, value: Value): this {
    changes.count++;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    const deleted = super.delete(key);
    if (deleted) changes.count++;
    return deleted;
  }
}
