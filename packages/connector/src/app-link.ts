/** The link that opens the relay's own App with a code in it, and its picture for a phone's camera. */
import { renderUnicodeCompact } from 'uqr';

/** How long the relay has to say whether it has an App, in milliseconds: the code is good without the link. */
const patienceMs = 3_000;

/**
 * `…/app#AT-…`: the code stands behind the `#`, so it reaches no server. Undefined where the relay serves no App, or does not
 * say so in time.
 */
export async function appLink(serverUrl: string, accessCode: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('/', serverUrl), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(patienceMs),
    });
    const { links } = (await response.json()) as { links?: { app?: unknown } };
    if (typeof links?.app !== 'string' || !/^https?:\/\//.test(links.app)) return undefined;
    return `${links.app}#${accessCode}`;
  } catch {
    return undefined;
  }
}

/** The link as a QR code of half blocks, right for light text on a dark ground, as terminals have it. */
export function pictureOf(link: string): string {
  return renderUnicodeCompact(link, { border: 2 });
}
