import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon';

/** A modal dialog that is open as long as it is there. Escape, its button and a click beside it close it. */
export function Dialog(props: {
  id: string;
  title: ComponentChildren;
  note?: ComponentChildren;
  /** Buttons beside the title. */
  actions?: ComponentChildren;
  small?: boolean;
  onClose(): void;
  children: ComponentChildren;
}) {
  const { id, title, note, actions, small, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus?.({ preventScroll: true });
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog has Escape
    <dialog
      id={id}
      ref={dialog}
      class={small ? 'dialog small' : 'dialog'}
      aria-labelledby={`${id}-title`}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="dialog-head">
        <div>
          <h2 id={`${id}-title`}>{title}</h2>
          {note && <p class="fine">{note}</p>}
        </div>
        {actions}
        <button
          class="icon-button"
          type="button"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}
