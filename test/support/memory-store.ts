import type { Store } from 'agenttown-relay-client/runtime';

/** A store in memory that keeps what JSON keeps. */
export function memoryStore<T>(): Store<T> & { text: string | undefined } {
  return {
    text: undefined,
    load() {
      return this.text === undefined ? undefined : (JSON.parse(this.text) as T);
    },
    save(value) {
      this.text = JSON.stringify(value);
    },
    clear() {
      this.text = undefined;
    },
  };
}
