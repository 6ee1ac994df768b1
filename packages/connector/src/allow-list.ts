/** What a phone may do here: methods by name, with `*` for any characters. */
export class AllowList {
  readonly #patterns: RegExp[];

  constructor(readonly names: readonly string[]) {
    this.#patterns = names.map((name) => new RegExp(`^${name.split('*').map(escaped).join('.*')}$`));
  }

  /** Whether a method is on it. */
  allows(method: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(method));
  }
}

/** What may be called of an agent that nobody here knows: the usual names of reading and chatting, and nothing else. */
export const usualMethods: readonly string[] = [
  'health',
  'status',
  'chat.send',
  'chat.history',
  'chat.abort',
  'sessions.list',
  'models.list',
  'agents.list',
];

/** Reads the value of `--allow`: names with commas or blanks between. Throws a sentence. */
export function readAllowed(value: string): string[] {
  const names = value.split(/[\s,]+/).filter((name) => name !== '');
  const bad = names.find((name) => !/^[A-Za-z0-9._:/*-]{1,128}$/.test(name));
  if (bad !== undefined || names.length === 0)
    throw new Error("--allow takes names of methods, such as 'chat.*', with A-Z, a-z, 0-9, . _ : / - and *.");
  return names;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
