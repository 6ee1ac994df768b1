/** Whoever waits for something looks again whenever anything has happened. */
export class Moments {
  private readonly waiting = new Set<() => void>();
  private isAbandoned = false;

  /** Says that something has happened. */
  happened(): void {
    for (const wake of [...this.waiting]) {
      this.waiting.delete(wake);
      wake();
    }
  }

  /** Nobody is woken any more: whoever still waits has been left behind, and is not told how it ends. */
  abandon(): void {
    this.waiting.clear();
    this.isAbandoned = true;
  }

  /** What is looked for, once it is there. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => {
        if (!this.isAbandoned) this.waiting.add(resolve);
      });
    }
  }
}
