/** Whoever waits for something looks again whenever anything has happened. */
export class Moments {
  private readonly waiting = new Set<() => void>();

  /** Says that something has happened. */
  happened(): void {
    for (const wake of [...this.waiting]) {
      this.waiting.delete(wake);
      wake();
    }
  }

  /** What is looked for, once it is there. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }
}
