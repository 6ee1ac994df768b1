import { byId } from './dom';

/** What the keys do. */
export interface KeyActions {
  search(): void;
  pause(): void;
  move(by: number): void;
  open(): void;
  newest(): void;
  export(): void;
  theme(): void;
  /** Whether the dialog of an event is open, in which moving goes on. */
  detailOpen(): boolean;
}

/** Listens for the keys of the page; keys with a modifier and keys typed into a field are left alone. */
export function bindKeys(actions: KeyActions): void {
  const help = byId<HTMLDialogElement>('help');
  const keys: Record<string, () => void> = {
    '/': actions.search,
    p: actions.pause,
    g: actions.newest,
    e: actions.export,
    t: actions.theme,
    '?': () => help.showModal(),
  };
  document.addEventListener('keydown', (event) => {
    if (byId('board').hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const typing = target.matches('input, select, textarea');
    if (typing) {
      if (event.key === 'Escape') byId('grid').focus();
      return;
    }
    const dialogOpen = document.querySelector('dialog[open]') !== null;
    const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && (!dialogOpen || (actions.detailOpen() && event.key.length === 1))) {
      // Arrow keys move only inside the table: elsewhere they scroll.
      if (event.key.length > 1 && target.id !== 'grid') return;
      event.preventDefault();
      return actions.move(by);
    }
    if (dialogOpen) return;
    if (event.key === 'Enter' && (target.id === 'grid' || target === document.body)) {
      // Else the key would go on to press the button that the dialog focuses.
      event.preventDefault();
      actions.open();
      return;
    }
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Lets every dialog be closed by its button and by a click beside it. */
export function bindDialogs(): void {
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.addEventListener('click', (event) => {
      const target = event.target as Element;
      if (target === dialog || target.closest('[data-close]')) dialog.close();
    });
  }
  byId('help-open').addEventListener('click', () => byId<HTMLDialogElement>('help').showModal());
}
