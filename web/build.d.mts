/**
 * Bundles the monitor page into one HTML answer, and computes the Content-Security-Policy to serve it with.
 * Fails when the sources do not compile. `node web/build.mjs <outDirectory>` writes the same two as files.
 */
export function buildMonitorPage(): Promise<{ readonly html: string; readonly csp: string }>;
