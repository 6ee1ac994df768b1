/** Where a server of this machine keeps its unit, its environment and its data: the system's places, or a user's own. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The name of the unit, its folders and its user. */
export const serviceName = 'agenttown-pairing-server';

/** The places of one installation. */
export interface Place {
  scope: 'system' | 'user';
  unitFile: string;
  /** Holds the registration token: readable by its owner alone. */
  environmentFile: string;
  dataDirectory: string;
  /** What `systemctl` takes before its verb. */
  systemctl: string[];
}

/** The system's places where `root` asks, else those of the user. */
export function placeFor(
  isRoot = process.getuid?.() === 0,
  environment: NodeJS.ProcessEnv = process.env,
): Place {
  if (isRoot) {
    return {
      scope: 'system',
      unitFile: `/etc/systemd/system/${serviceName}.service`,
      environmentFile: `/etc/${serviceName}/environment`,
      dataDirectory: `/var/lib/${serviceName}`,
      systemctl: ['systemctl'],
    };
  }
  const home = environment.HOME ?? homedir();
  const config = environment.XDG_CONFIG_HOME ?? join(home, '.config');
  const data = environment.XDG_DATA_HOME ?? join(home, '.local', 'share');
  return {
    scope: 'user',
    unitFile: join(config, 'systemd', 'user', `${serviceName}.service`),
    environmentFile: join(config, serviceName, 'environment'),
    dataDirectory: join(data, serviceName),
    systemctl: ['systemctl', '--user'],
  };
}

/** Whether a server was installed there. */
export function isInstalled(place: Place): boolean {
  return existsSync(place.unitFile);
}
