/** A page as one HTML answer, and the Content-Security-Policy to serve it with. */
interface BuiltPage {
  readonly html: string;
  readonly csp: string;
}

/** Bundles a page; `more` are directives of its policy beside those of every page. Fails when the sources do not compile. */
export function buildPage(name: 'monitor' | 'app', more?: string[]): Promise<BuiltPage>;

/** Bundles the monitor. `node web/build.mjs <outDirectory>` writes the same two as files. */
export function buildMonitorPage(): Promise<BuiltPage>;

/** Writes `<name>.html` and `<name>-csp.txt`. */
export function writePage(outDirectory: string, name: string, page: BuiltPage): Promise<void>;

/** The directory that a build script was told to write to. */
export function outDirectoryOf(script: string): string;
