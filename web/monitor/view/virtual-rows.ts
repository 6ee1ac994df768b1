/** How many rows are kept ready above and below what can be seen. */
const OVERSCAN = 8;

/** What a list needs to know of its rows. */
export interface RowKind<T> {
  create(): HTMLElement;
  /** Shows an item in a row that may have shown another one. */
  fill(row: HTMLElement, item: T, index: number): void;
}

/**
 * A long list of equally high rows of which only the visible ones exist. Rows are reused as the list moves;
 * `--row-height` in CSS says how high they are.
 */
export class VirtualRows<T> {
  #items: readonly T[] = [];
  readonly #rows: HTMLElement[] = [];
  #rowHeight = 36;

  constructor(
    readonly viewport: HTMLElement,
    readonly canvas: HTMLElement,
    readonly kind: RowKind<T>,
  ) {
    this.measure();
  }

  get rowHeight(): number {
    return this.#rowHeight;
  }

  /** Reads the row height again, after the window's size changed. */
  measure(): void {
    const height = Number.parseFloat(getComputedStyle(this.canvas).getPropertyValue('--row-height'));
    this.#rowHeight = Number.isFinite(height) ? height : 36;
  }

  /** Replaces the items and draws. */
  show(items: readonly T[]): void {
    this.#items = items;
    this.canvas.style.height = `${items.length * this.#rowHeight}px`;
    this.draw();
  }

  /** Draws the rows that the viewport shows now. */
  draw(): void {
    const { clientHeight, scrollTop } = this.viewport;
    const wanted = Math.ceil(clientHeight / this.#rowHeight) + 2 * OVERSCAN;
    const first = Math.max(
      0,
      Math.min(Math.floor(scrollTop / this.#rowHeight) - OVERSCAN, this.#items.length - wanted),
    );
    const count = Math.min(wanted, this.#items.length - first);
    while (this.#rows.length < count) {
      const row = this.kind.create();
      this.#rows.push(row);
      this.canvas.append(row);
    }
    // An index keeps its row while both stay in sight, so that scrolling by one row fills one row.
    const size = this.#rows.length;
    for (let slot = 0; slot < size; slot += 1) {
      const index = first + ((((slot - first) % size) + size) % size);
      const row = this.#rows[slot]!;
      row.hidden = index >= first + count;
      if (row.hidden) continue;
      const transform = `translateY(${index * this.#rowHeight}px)`;
      if (row.style.transform !== transform) row.style.transform = transform;
      this.kind.fill(row, this.#items[index]!, index);
    }
  }

  /** Scrolls just so far that a row can be seen below `headHeight` pixels of sticky header. */
  reveal(index: number, headHeight: number): void {
    const top = index * this.#rowHeight;
    const { scrollTop, clientHeight } = this.viewport;
    if (top < scrollTop) this.viewport.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight - headHeight) {
      this.viewport.scrollTop = top + this.#rowHeight - clientHeight + headHeight;
    }
  }
}
