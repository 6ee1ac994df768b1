/** The icons of both pages: strokes on a square of 20. */
const PATHS = {
  system: 'M3 4.5h14v9H3zM7 16.5h6M10 13.5v3',
  light:
    'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2',
  dark: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z',
  help: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M7.9 7.8a2.2 2.2 0 1 1 3.2 2c-.8.4-1.1.9-1.1 1.7M10 14.2v.1',
  leave: 'M8 3.5H4.5v13H8M12.5 6.5 16 10l-3.5 3.5M16 10H8',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13.2 13.2l3.6 3.6',
  close: 'm5.5 5.5 9 9m0-9-9 9',
  up: 'm5 12 5-5 5 5',
  down: 'm5 8 5 5 5-5',
  back: 'm12 4.5-5.5 5.5 5.5 5.5',
  pause: 'M7 4.5v11M13 4.5v11',
  play: 'm6.5 4.5 9 5.5-9 5.5z',
  save: 'M10 3.5v9M6.5 9l3.5 3.5L13.5 9M4 16.5h12',
  add: 'M10 4v12M4 10h12',
  send: 'm3 10 14-6.5L13.5 17l-3.5-5.5zM10 11.5l7-8',
  stop: 'M5.5 5.5h9v9h-9z',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
  camera: 'M3 6.5h3l1.5-2h5l1.5 2h3v9H3zM10 8.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  locked: 'M4.5 9h11v7.5h-11zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v1.5',
  unlocked: 'M4.5 9h11v7.5h-11zM7 9V5.5a3 3 0 0 1 5.8-1M10 12v1.5',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** One icon; whoever shows it says in words what it is. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of AgentTown. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M6 17h5l3-8 5 14 3-6h4" />
    </svg>
  );
}
