/** Installs, renews and removes a server on this machine: each is a list of steps. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure } from '../failure';
import { isInstalled, type Place, serviceName } from './place';
import type { Step } from './plan';
import { unitText } from './unit';

/** What an operator may choose at an installation. */
export interface InstallRequest {
  /** Where callers reach the server, as `https://pairing.example`. */
  publicUrl?: string | undefined;
  port: number;
  host: string;
  /** What runtimes register with. Default: the one that is installed, else a new one. */
  registerToken?: string | undefined;
  trustProxy?: string | undefined;
}

/** Where this package and its Node.js are. */
export interface Program {
  node: string;
  command: string;
}

/** This very package, run by this very Node.js. */
export const thisProgram: Program = {
  node: process.execPath,
  command: resolve(__dirname, '..', 'agenttown-pairing-server.js'),
};

/** Shortest registration token that a stack takes. */
const minTokenCharacters = 16;

/** The steps of an installation. Doing them again changes what was asked to change, and keeps token and data. */
export function installSteps(place: Place, request: InstallRequest, program = thisProgram): Step[] {
  refuseUnreachable(place, program);
  const { publicUrl, port, host, trustProxy } = request;
  const token = request.registerToken ?? readEnvironment(place).get(tokenVariable) ?? newToken();
  if (token.length < minTokenCharacters || /\s/.test(token))
    throw new Failure(`A registration token has ${minTokenCharacters} characters or more and no blanks.`, 2);
  const environment = [
    `${tokenVariable}=${token}`,
    ...(publicUrl ? [`AGENTTOWN_PAIRING_PUBLIC_URL=${publicUrl}`] : []),
    'NODE_ENV=production',
  ];
  const text = `${environment.join('\n')}\n`;
  return [
    ...userSteps(place),
    { act: 'write', path: place.environmentFile, text, mode: 0o600, secret: true },
    ...(place.scope === 'user'
      ? [{ act: 'directory', path: place.dataDirectory, mode: 0o700 } satisfies Step]
      : []),
    {
      act: 'write',
      path: place.unitFile,
      text: unitText({ place, ...program, port, host, trustProxy }),
      mode: 0o644,
    },
    ...startSteps(place),
  ];
}

/** The steps that bring an installed unit to this version: its paths, then a restart. */
export function upgradeSteps(place: Place, program = thisProgram): Step[] {
  refuseUnreachable(place, program);
  const before = readFileSync(place.unitFile, 'utf8');
  const text = before.replace(/^ExecStart=.*? serve /m, () => {
    const line = unitText({ place, ...program, port: 1, host: 'x' }).match(/^ExecStart=.*? serve /m);
    return line![0];
  });
  return [{ act: 'write', path: place.unitFile, text, mode: 0o644 }, ...startSteps(place)];
}

/** The steps that take a server away; `purge` takes its data and token too. */
export function uninstallSteps(place: Place, purge: boolean): Step[] {
  const run = (...verb: string[]): Step => ({
    act: 'run',
    command: [...place.systemctl, ...verb],
    mayFail: true,
  });
  return [
    run('disable', '--now', serviceName),
    { act: 'remove', path: place.unitFile },
    run('daemon-reload'),
    ...(purge
      ? [
          { act: 'remove', path: dirname(place.environmentFile) } satisfies Step,
          { act: 'remove', path: place.dataDirectory } satisfies Step,
          ...(place.scope === 'system'
            ? [{ act: 'run', command: ['userdel', serviceName], mayFail: true } satisfies Step]
            : []),
        ]
      : []),
  ];
}

/** What an uninstallation leaves, for a person. */
export function leftBehind(place: Place, purge: boolean): string {
  if (purge) return 'Data and registration token are gone.';
  return `Kept: the data in ${place.dataDirectory} and the registration token in ${place.environmentFile} (--purge removes both).`;
}

const tokenVariable = 'AGENTTOWN_PAIRING_TOKEN';

/** The variables of an installed server. */
export function readEnvironment({ environmentFile }: Place): Map<string, string> {
  if (!existsSync(environmentFile)) return new Map();
  const lines = readFileSync(environmentFile, 'utf8').split('\n');
  return new Map(
    lines
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function userSteps(place: Place): Step[] {
  if (place.scope === 'user' || userExists(serviceName)) return [];
  const home = ['--home-dir', place.dataDirectory, '--no-create-home'];
  const command = [
    'useradd',
    '--system',
    '--user-group',
    '--shell',
    '/usr/sbin/nologin',
    ...home,
    serviceName,
  ];
  return [{ act: 'run', command }];
}

function userExists(name: string): boolean {
  return spawnSync('id', ['-u', name], { stdio: 'ignore' }).status === 0;
}

function startSteps(place: Place): Step[] {
  const run = (...verb: string[]): Step => ({ act: 'run', command: [...place.systemctl, ...verb] });
  return [
    run('daemon-reload'),
    run('enable', serviceName),
    run('restart', serviceName),
    // A user's units end with the last log-out unless they may linger.
    ...(place.scope === 'user'
      ? [{ act: 'run', command: ['loginctl', 'enable-linger'], mayFail: true } satisfies Step]
      : []),
  ];
}

/** A unit outlives the folder of `npx`, and the service's own user cannot read anybody's home. */
function refuseUnreachable(place: Place, { node, command }: Program): void {
  if (/[\\/]_npx[\\/]/.test(command))
    throw new Failure(
      'npx keeps this package in a folder that it clears: install it first, npm install --global agenttown-pairing-server.',
    );
  if (place.scope === 'user') return;
  for (const path of [node, command]) {
    if (!/^\/(home|root)\//.test(path)) continue;
    throw new Failure(
      `${path} lies in a home directory, which the service's own user cannot read: install Node.js and this package for the whole system, or run install without root.`,
    );
  }
}

/** The one sentence for a machine without a server. */
export function requireInstalled(place: Place): void {
  if (!isInstalled(place)) throw new Failure(`No server is installed here: ${place.unitFile} is not there.`);
}
