// biome-ignore-all lint/a11y/useSemanticElements: the table is a grid of which only the visible rows exist: no table element, and the focus stays on the grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the grid, which names its active row
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { openRow, selectedId, table } from '../../state/chosen';
import { catchUp, hold } from '../../state/rows';
import { gridElement } from './grid-element';
import { WaitingPill } from './waiting-pill';

/** How many rows are kept ready above and below what can be seen. */
const OVERSCAN = 8;
/** How far down counts as reading: from there on the table stands still. */
const READING_ROWS = 1.5;
const LEAVING_MS = 150;

/** One row of the table: its id, and how its cells are made when it is in sight. */
export interface GridRow {
  readonly id: string;
  cells(): ComponentChildren;
  /** Whether it is pointed out as new. */
  readonly isFresh: boolean;
}

/**
 * A long table of equally high rows of which only the visible ones exist. Whatever points at a row holds the table
 * still: the pointer, the keyboard's row, a selection of text, a press.
 */
export function Grid(props: {
  label: string;
  head: readonly string[];
  rows: readonly GridRow[];
  waiting: number;
  end: ComponentChildren;
}) {
  const { label, head, rows, waiting, end } = props;
  const grid = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const pressed = useRef<string | undefined>(undefined);
  const [view, setView] = useState({ top: 0, height: 800, rowHeight: 36 });
  const name = table.value;

  useLayoutEffect(() => {
    gridElement.current = grid.current;
    const measure = () => {
      const { scrollTop: top, clientHeight: height } = grid.current!;
      const rowHeight =
        Number.parseFloat(getComputedStyle(canvas.current!).getPropertyValue('--row-height')) || 36;
      setView({ top, height, rowHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(grid.current!);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const onSelection = () => {
      const selection = document.getSelection();
      const isHere =
        !!selection && !selection.isCollapsed && !!canvas.current?.contains(selection.anchorNode);
      hold(name, 'selection', isHere);
    };
    document.addEventListener('selectionchange', onSelection);
    return () => {
      document.removeEventListener('selectionchange', onSelection);
      clearTimeout(leaving.current);
      for (const reason of ['selection', 'hover', 'press', 'row', 'reading'] as const)
        hold(name, reason, false);
    };
  }, [name]);
  useLayoutEffect(() => {
    grid.current!.scrollTop = 0;
  }, [name]);

  const onScroll = () => {
    const { scrollTop: top, clientHeight: height } = grid.current!;
    hold(name, 'reading', top > view.rowHeight * READING_ROWS);
    setView({ ...view, top, height });
  };
  /** The pointer may be on its way from a row to the button above the rows: they wait for it a moment. */
  const hover = (on: boolean) => {
    clearTimeout(leaving.current);
    if (on) hold(name, 'hover', true);
    else leaving.current = setTimeout(() => hold(name, 'hover', false), LEAVING_MS);
  };
  const rowUnder = (target: EventTarget | null) =>
    (target as Element | null)?.closest<HTMLElement>('.row')?.dataset.id;

  const wanted = Math.ceil(view.height / view.rowHeight) + 2 * OVERSCAN;
  const first = Math.max(0, Math.min(Math.floor(view.top / view.rowHeight) - OVERSCAN, rows.length - wanted));
  const visible = rows.slice(first, first + wanted);
  const selected = selectedId.value;
  const isSelectedThere = visible.some(({ id }) => id === selected);
  return (
    <>
      <div
        id="grid"
        ref={grid}
        class={`grid of-${name}`}
        role="grid"
        aria-label={label}
        aria-readonly
        aria-rowcount={rows.length + 2}
        aria-activedescendant={isSelectedThere ? `row-${selected}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        onBlur={() => hold(name, 'row', false)}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          {head.map((title) => (
            <span key={title} role="columnheader" class={title === 'Duration' ? 'number' : undefined}>
              {title}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the page */}
        <div
          ref={canvas}
          class="rows"
          role="rowgroup"
          style={{ height: `${rows.length * view.rowHeight}px` }}
          onPointerEnter={({ pointerType }) => pointerType === 'mouse' && hover(true)}
          onPointerLeave={() => hover(false)}
          onPointerDown={({ target }) => {
            pressed.current = rowUnder(target);
            hold(name, 'press', true);
            addEventListener('pointerup', () => setTimeout(() => hold(name, 'press', false)), { once: true });
            addEventListener('pointercancel', () => hold(name, 'press', false), { once: true });
          }}
          onClick={() => {
            // Somebody who marks text to copy it wants no dialog.
            if (document.getSelection()?.isCollapsed === false) return;
            if (pressed.current !== undefined) openRow(pressed.current);
          }}
        >
          {visible.map((row, offset) => (
            <div
              key={row.id}
              id={`row-${row.id}`}
              class={row.isFresh ? 'row fresh' : 'row'}
              role="row"
              data-id={row.id}
              aria-rowindex={first + offset + 2}
              aria-selected={row.id === selected}
              style={{ transform: `translateY(${(first + offset) * view.rowHeight}px)` }}
            >
              {row.cells()}
            </div>
          ))}
        </div>
        {rows.length > 0 && (
          <div class="grid-end" role="row" aria-rowindex={rows.length + 2}>
            <span role="gridcell">{end}</span>
          </div>
        )}
      </div>
      {waiting > 0 && (
        <WaitingPill
          count={waiting}
          onHover={hover}
          onRelease={() => {
            catchUp();
            grid.current!.scrollTop = 0;
          }}
        />
      )}
    </>
  );
}
