/** The commands that put a server on this machine and take it away. */
import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../failure';
import { confirm, isInteractive } from '../questions';
import {
  type InstallRequest,
  installSteps,
  leftBehind,
  requireInstalled,
  uninstallSteps,
  upgradeSteps,
} from './install';
import { isInstalled, type Place, placeFor } from './place';
import { carryOut, planText, type Step } from './plan';
import { readServerStatus, serverStatusText } from './server-status';

interface Flags extends InstallRequest {
  dryRun?: true;
  purge?: true;
  yes?: true;
  json?: true;
}

/** Adds `install` and `uninstall`. */
export function addServerCommands(top: Command): void {
  top
    .command('install')
    .description('keep a server running on this machine: a systemd unit (as root, else a unit of this user)')
    .option('--public-url <url>', 'where callers reach it, as https://pairing.example', readUrl)
    .option('-p, --port <number>', 'port for HTTP and WebSockets', readPort, 8787)
    .option('-H, --host <address>', 'address to listen on', readAddresses, '127.0.0.1')
    .option('--register-token <token>', 'what runtimes register with (default: kept, else a new one)')
    .option('--trust-proxy <addresses>', 'proxies whose word on callers is taken, as loopback', readAddresses)
    .option('--dry-run', 'print every file and command, and do nothing')
    .action((flags: Flags) => {
      const place = placeFor();
      if (!act(installSteps(place, flags), flags)) return;
      console.log(`Running, and after every start of this machine: ${place.unitFile}`);
      console.log(`Runtimes register with the token in ${place.environmentFile}.`);
    });
  top
    .command('uninstall')
    .description('take the server of this machine away; keeps its data unless --purge')
    .option('--purge', 'remove its data and registration token too')
    .option('--dry-run', 'print every file and command, and do nothing')
    .option('-y, --yes', 'do not ask')
    .action(uninstall);
}

async function uninstall(flags: Flags): Promise<void> {
  const place = placeFor();
  requireInstalled(place);
  const purge = flags.purge ?? false;
  if (purge && !flags.dryRun) {
    if (!flags.yes && !isInteractive())
      throw new Failure('There is no terminal to ask on: say --yes if you mean it.', 2);
    await confirm(`Every pairing in ${place.dataDirectory} is lost.`, 'purge', flags.yes ?? false);
  }
  if (act(uninstallSteps(place, purge), flags)) console.log(leftBehind(place, purge));
}

/** The server of this machine, for commands that also know AWS; undefined where there is none. */
export function installedHere(): Place | undefined {
  const place = placeFor();
  return isInstalled(place) ? place : undefined;
}

/** `upgrade` for the server of this machine. */
export function upgradeHere(place: Place, flags: { json?: true }): void {
  carryOut(upgradeSteps(place));
  const text = `The server of this machine now runs this version: ${place.unitFile}`;
  console.log(flags.json ? JSON.stringify({ unit: place.unitFile, upgraded: true }) : text);
}

/** `status` for the server of this machine; exit code 1 when it is not well. */
export async function statusHere(place: Place, flags: { json?: true }): Promise<void> {
  const found = await readServerStatus(place);
  console.log(flags.json ? JSON.stringify(found) : serverStatusText(found));
  if (!found.well) process.exitCode = 1;
}

/** Prints the steps of a dry run, or does them; false for a dry run. */
function act(steps: Step[], { dryRun }: Flags): boolean {
  if (dryRun) console.log(planText(steps));
  else carryOut(steps);
  return !dryRun;
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}

function readUrl(text: string): string {
  // The parsed form: what a URL parser overlooks, as a line break, would be a line of the environment file.
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    return new URL(text).href.replace(/\/+$/, '');
  throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.');
}

function readAddresses(text: string): string {
  if (/^[\w.:,/-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It takes addresses, separated by commas.');
}
