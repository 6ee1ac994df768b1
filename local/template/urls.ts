import type { RewriteUrls } from './intrinsics';

/** Pairs of a URL's beginning in the cloud and the local one that stands for it. */
export type UrlPairs = Array<[cloud: string, local: string]>;

/**
 * Replaces the beginning of a URL by the longest pair that fits up to the end of a segment. The list is read at each
 * call: servers that get their port later may add to it.
 */
export function urlRewriter(pairs: UrlPairs): RewriteUrls {
  return (text) => {
    if (!text.includes('://')) return text;
    const fitting = pairs.filter(
      ([cloud]) =>
        text.startsWith(cloud) && (cloud.endsWith('/') || /^([/?#]|$)/.test(text.slice(cloud.length))),
    );
    const [best] = fitting.sort(([a], [b]) => b.length - a.length);
    return best ? best[1] + text.slice(best[0].length) : text;
  };
}
