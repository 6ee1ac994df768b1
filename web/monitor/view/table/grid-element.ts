/** The table's element, for the keys that move in it. */
export const gridElement: { current: HTMLElement | null } = { current: null };

const HEAD_HEIGHT = 32;

/** Scrolls just so far that a row can be seen below the header. */
export function reveal(index: number): void {
  const grid = gridElement.current;
  if (!grid) return;
  const rowHeight = Number.parseFloat(getComputedStyle(grid).getPropertyValue('--row-height')) || 36;
  const top = index * rowHeight;
  const { scrollTop, clientHeight } = grid;
  if (top < scrollTop) grid.scrollTop = top;
  else if (top + rowHeight > scrollTop + clientHeight - HEAD_HEIGHT) {
    grid.scrollTop = top + rowHeight - clientHeight + HEAD_HEIGHT;
  }
}
