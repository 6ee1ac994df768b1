import { nextTheme } from '../../shared/theme';
import { shifted } from '../model/time-range';
import { isAdmitted } from '../state/access';
import { goTo, openCall, openEvent, range, table } from '../state/chosen';
import { nowMs } from '../state/known';
import { catchUp, setRange, togglePause } from '../state/rows';
import { helpOpen } from './header';
import { saveShown } from './save-shown';
import { gridElement } from './table/grid-element';
import { letGo, move, openSelected } from './table/move';

const KEYS: Readonly<Record<string, () => void>> = {
  '/': () => {
    const field = document.getElementById('filter-text') as HTMLInputElement | null;
    field?.focus();
    field?.select();
  },
  v: () => goTo(table.value === 'calls' ? 'events' : 'calls'),
  p: togglePause,
  g: () => {
    letGo();
    catchUp();
    if (gridElement.current) gridElement.current.scrollTop = 0;
  },
  e: saveShown,
  '[': () => setRange(shifted(range.value, 'earlier', nowMs.value)),
  ']': () => setRange(shifted(range.value, 'later', nowMs.value)),
  t: nextTheme,
  '?': () => {
    helpOpen.value = true;
  },
};
const STEPS = new Map([
  ['j', 1],
  ['k', -1],
  ['ArrowDown', 1],
  ['ArrowUp', -1],
]);

/** Listens for the keys of the page; keys with a modifier and keys typed into a field are left alone. */
export function bindKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!isAdmitted.value || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target.matches('input, select, textarea')) {
      if (event.key === 'Escape') gridElement.current?.focus();
      return;
    }
    const isDialogOpen = document.querySelector('dialog[open]') !== null;
    const isDetailOpen = openCall.value !== undefined || openEvent.value !== undefined;
    const by = STEPS.get(event.key);
    if (by !== undefined && (!isDialogOpen || (isDetailOpen && event.key.length === 1))) {
      // Arrow keys move only inside the table: elsewhere they scroll.
      if (event.key.length > 1 && target !== gridElement.current) return;
      event.preventDefault();
      if (!isDialogOpen) gridElement.current?.focus({ preventScroll: true });
      return move(by);
    }
    if (isDialogOpen) return;
    if (event.key === 'Escape') return letGo();
    if (event.key === 'Enter' && (target === gridElement.current || target === document.body)) {
      // Else the key would go on to press the button that the dialog focuses.
      event.preventDefault();
      return openSelected();
    }
    const action = KEYS[event.key];
    if (!action || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    action();
  });
}
