import { byId } from './dom';

/** On a narrow screen the tabs choose which part of the board is seen. Returns how to go to one. */
export function bindTabs(): (tab: string) => void {
  const board = byId('board');
  const buttons = board.querySelectorAll<HTMLButtonElement>('.tabs button');
  const go = (tab: string) => {
    board.dataset.tab = tab;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.tab === tab));
  };
  for (const button of buttons) button.addEventListener('click', () => go(button.dataset.tab!));
  return go;
}
