import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../../model/format';

/** Says how many rows wait above the held table, and lets them in. The pointer on it holds the table as one on a row does. */
export function WaitingPill(props: { count: number; onHover(on: boolean): void; onRelease(): void }) {
  const { count, onHover, onRelease } = props;
  const isUnderPointer = useRef(false);
  const hover = (on: boolean) => {
    isUnderPointer.current = on;
    onHover(on);
  };
  // A button that goes away under the pointer is never left by it: no event would let the table go.
  useEffect(
    () => () => {
      if (isUnderPointer.current) onHover(false);
    },
    [],
  );
  return (
    <button
      id="waiting"
      class="waiting"
      type="button"
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && hover(true)}
      onPointerLeave={() => hover(false)}
      onClick={onRelease}
    >
      {formatCount(count)} new
    </button>
  );
}
