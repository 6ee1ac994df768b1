/**
 * Unpacks the Chromium of the development dependencies, once per version, and prints where it is and the
 * environment it needs: `{ "path", "env" }`. Several processes may do so at once: each unpacks into a directory
 * of its own, and the first to finish gives it the name that all of them use.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

const packageFile = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  '../@sparticuz/chromium/package.json',
);
const { version } = JSON.parse(await readFile(packageFile, 'utf8'));
const inherited = process.env.LD_LIBRARY_PATH;
const home = join(tmpdir(), `agenttown-chromium-${version}-${userInfo().uid}`);

/** The package's own list of directories names places of a Lambda function only. */
const fontsFile = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${home}/fonts/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${home}/fonts-cache</cachedir>
</fontconfig>\n`;

if (!existsSync(home)) {
  const draft = await mkdtemp(`${home}-`);
  // The package unpacks into the directory for temporary files, and its libraries only where it believes in Lambda.
  process.env.TMPDIR = draft;
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  await chromium.executablePath();
  await writeFile(join(draft, 'fonts', 'fonts.conf'), fontsFile);
  await rename(draft, home).catch(() => rm(draft, { recursive: true, force: true }));
}

const libraries = [join(home, 'al2023', 'lib'), inherited].filter(Boolean).join(':');
const env = { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, 'fonts') };
console.log(JSON.stringify({ path: join(home, 'chromium'), env }));
