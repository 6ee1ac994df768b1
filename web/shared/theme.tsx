import { effect, signal } from '@preact/signals';
import { Icon } from './icon';

const KEY = 'agenttown.theme';
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;

/** The colours that somebody chose. */
export type Theme = keyof typeof NEXT;

/** The chosen colours; remembered by this browser where it may. */
export const theme = signal<Theme>(remembered());

/** Counts changes of the colours on the screen: by choice, or because the system changed its own. */
export const recoloured = signal(0);

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  recoloured.value = recoloured.peek() + 1;
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  recoloured.value += 1;
});

/** Turns to the next colours: as the system, light, dark. */
export function nextTheme(): void {
  theme.value = NEXT[theme.value];
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** The button that turns the colours. */
export function ThemeButton() {
  const label = `Colours: ${theme.value === 'system' ? 'as the system' : theme.value}`;
  return (
    <button id="theme" class="icon-button" type="button" aria-label={label} title={label} onClick={nextTheme}>
      <Icon name={theme.value} />
    </button>
  );
}

function remembered(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
