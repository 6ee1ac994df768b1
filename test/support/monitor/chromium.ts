import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chrome and Chromium usually are; the first one that is there is taken. */
const USUAL_PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  linux: [
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/snap/bin/chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

interface Executable {
  readonly path: string;
  /** What the packaged browser needs to find its libraries and fonts. */
  readonly env: Record<string, string>;
}

/**
 * Starts a headless Chromium: the one `CHROME_PATH` names, else on 64-bit Intel Linux the one that comes with
 * the development dependencies (no system packages needed), else an installed one. Close it when done.
 */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await findExecutable();
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]);
  // Under the C locale Chromium calls its language "en-US@posix", which its own Intl then refuses.
  const language = { LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', LANGUAGE: 'en_US' };
  return chromium.launch({
    executablePath: path,
    args: ARGUMENTS,
    env: { ...Object.fromEntries(inherited), ...language, ...env },
  });
}

async function findExecutable(): Promise<Executable> {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) return { path: CHROME_PATH, env: {} };
  if (process.platform === 'linux' && process.arch === 'x64') return unpackExecutable();
  const path = USUAL_PLACES[process.platform]?.find((place) => existsSync(place));
  if (path) return { path, env: {} };
  throw new Error('The browser tests found no Chrome here: install one, or name it in CHROME_PATH.');
}

/** The package is ESM, which jest's module loader does not load: a process of its own unpacks it. */
async function unpackExecutable(): Promise<Executable> {
  const script = join(__dirname, 'unpack-chromium.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return JSON.parse(stdout) as Executable;
}
