/**
 * A promise that may be left behind: a case that has failed waits for nothing more, and what it had begun then fails with
 * nobody to hear of it. Whoever awaits it is told as ever.
 */
export function unheeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
