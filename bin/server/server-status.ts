/** How the server of this machine is: its unit, its health, and what its data takes. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Health, healthOf } from '../health';
import { type Place, serviceName } from './place';

/** What `status` found on this machine. */
export interface ServerStatus {
  unit: string;
  /** systemd's word, as `active` or `failed`. */
  state: string;
  url: string;
  health: Health;
  dataDirectory: string;
  dataBytes: number;
  /** The unit is active and health answers. */
  well: boolean;
}

/** Asks systemd, the server and the disk. */
export async function readServerStatus(place: Place, stateOf = unitState): Promise<ServerStatus> {
  const state = stateOf(place);
  const url = urlOf(readFileSync(place.unitFile, 'utf8'));
  const health = await healthOf(url);
  return {
    unit: place.unitFile,
    state,
    url,
    health,
    dataDirectory: place.dataDirectory,
    dataBytes: bytesIn(place.dataDirectory),
    well: state === 'active' && health.ok,
  };
}

/** The status for a person. */
export function serverStatusText(status: ServerStatus): string {
  const { health } = status;
  const rows: Array<[string, string]> = [
    ['looking at', `the server of this machine, ${status.unit} (--stack looks at AWS)`],
    ['unit', status.state],
    ['health', health.ok ? `ok, version ${health.version}` : `no answer (${health.reason ?? 'not ok'})`],
    ['address', status.url],
    ['data', `${status.dataDirectory}, ${sizeText(status.dataBytes)}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}`).join('\n');
}

function unitState({ systemctl }: Place): string {
  try {
    const [program, ...args] = [...systemctl, 'is-active', serviceName];
    return execFileSync(program!, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch (error) {
    // It ends badly for everything but `active`, and says which on standard output.
    return String((error as { stdout?: Buffer }).stdout ?? '').trim() || 'unknown';
  }
}

/** Where the unit listens; an address that means "all" is asked on loopback. */
function urlOf(unit: string): string {
  const port = /--port (\d+)/.exec(unit)?.[1] ?? '8787';
  const host = /--host (\S+)/.exec(unit)?.[1] ?? '127.0.0.1';
  return `http://${/^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host}:${port}`;
}

function bytesIn(directory: string): number {
  if (!existsSync(directory)) return 0;
  try {
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  } catch {
    // Not this user's to read.
    return Number.NaN;
  }
}

function sizeText(bytes: number): string {
  if (Number.isNaN(bytes)) return 'of a size that only its owner may see';
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
