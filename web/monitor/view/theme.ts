import { byId } from './dom';

const KEY = 'agenttown.monitor.theme';
const ICONS = {
  system: 'M3 4.5h14v9H3zM7 16.5h6M10 13.5v3',
  light:
    'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2',
  dark: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z',
} as const;
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;
type Theme = keyof typeof NEXT;

/** A colour scheme that the viewer can turn through. */
export interface ThemeSwitch {
  next(): void;
}

/** Applies the remembered scheme and follows both the button and the system; `onChange` runs after each change. */
export function createThemeSwitch(onChange: () => void): ThemeSwitch {
  const button = byId<HTMLButtonElement>('theme');
  let theme: Theme = remembered();
  const apply = () => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const label = `Colours: ${theme === 'system' ? 'as the system' : theme}`;
    button.setAttribute('aria-label', label);
    button.title = `${label} (t)`;
    button.replaceChildren(icon(ICONS[theme]));
    onChange();
  };
  const next = () => {
    theme = NEXT[theme];
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
    apply();
  };
  button.addEventListener('click', next);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  apply();
  return { next };
}

function remembered(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

function icon(path: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
