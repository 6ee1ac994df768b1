/** The token lives in this tab's session storage only, and is forgotten with the tab. */
const KEY = 'agenttown.monitor.token';

/** The token of this tab, if it has one. */
export function rememberedToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a token for this tab; where storage is switched off it lasts as long as the page. */
export function rememberToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Nothing to do: the page holds it as well.
  }
}

/** Forgets the token of this tab. */
export function forgetToken(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}
