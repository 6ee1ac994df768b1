/**
 * Secrets that this process itself holds, as the registration token: a text that an operator chose has no shape to be known by,
 * so the masker looks for the very text. The last few are kept, since a changed one may still be on its way to a log.
 */

const kept: string[] = [];
const mostKept = 3;
/** Shorter ones would be found in ordinary words. */
const minLength = 12;

/** Lets the masker take this text out from now on. */
export function keepSecret(secret: string): void {
  if (secret.length < minLength || kept[0] === secret) return;
  kept.unshift(secret);
  kept.splice(mostKept);
}

/** Every place where one of them stands in a text, as written or percent-encoded. */
export function findKnownSecrets(text: string): Array<{ start: number; end: number }> {
  const found: Array<{ start: number; end: number }> = [];
  for (const secret of kept) {
    for (const form of new Set([secret, encodeURIComponent(secret)])) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
        found.push({ start: at, end: at + form.length });
    }
  }
  return found;
}
