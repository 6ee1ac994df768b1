/** The systemd unit of a server on this machine. */
import { join } from 'node:path';
import { type Place, serviceName } from './place';

/** What the unit runs. */
export interface UnitSettings {
  place: Place;
  /** Absolute path of the Node.js that runs it. */
  node: string;
  /** Absolute path of this package's command. */
  command: string;
  port: number;
  /** Address to listen on. */
  host: string;
  /** Proxies whose word on callers is taken. Default: none. */
  trustProxy?: string | undefined;
}

/** A server of this size serves some hundred calls a second in far less; what leaks is ended before the machine suffers. */
const memoryMax = '1G';

/** The unit's text. V8 writes code that it runs, so `MemoryDenyWriteExecute` cannot be set. */
export function unitText({ place, node, command, port, host, trustProxy }: UnitSettings): string {
  const system = place.scope === 'system';
  const database = join(place.dataDirectory, 'pairing.sqlite');
  const args = ['serve', '--port', String(port), '--host', host, '--db', database];
  if (trustProxy) args.push('--trust-proxy', trustProxy);
  const lines = [
    '[Unit]',
    'Description=AgentTown Pairing Server',
    'Documentation=https://www.npmjs.com/package/agenttown-pairing-server',
    ...(system ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    ...(system ? [`User=${serviceName}`, `Group=${serviceName}`] : []),
    `EnvironmentFile=${place.environmentFile}`,
    `ExecStart=${[node, command, ...args].map(quoted).join(' ')}`,
    'Restart=always',
    'RestartSec=2',
    // Running calls have ten seconds to end; then it is gone.
    'TimeoutStopSec=15',
    `MemoryMax=${memoryMax}`,
    'UMask=0077',
    ...(system ? [`StateDirectory=${serviceName}`, 'StateDirectoryMode=0700'] : []),
    'StandardOutput=journal',
    'StandardError=journal',
    'NoNewPrivileges=true',
    'LockPersonality=true',
    'RestrictRealtime=true',
    'RestrictSUIDSGID=true',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    ...(system ? systemHardening : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
    '',
  ];
  return lines.join('\n');
}

/** What only the system's manager can give on every distribution. */
const systemHardening = [
  'ProtectSystem=strict',
  'ProtectHome=true',
  'PrivateTmp=true',
  'PrivateDevices=true',
  'ProtectClock=true',
  'ProtectControlGroups=true',
  'ProtectHostname=true',
  'ProtectKernelLogs=true',
  'ProtectKernelModules=true',
  'ProtectKernelTunables=true',
  'ProtectProc=invisible',
  'RestrictNamespaces=true',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged @resources',
  // What Node.js tries and may not do fails, instead of ending it.
  'SystemCallErrorNumber=EPERM',
];

/** A word of `ExecStart`: systemd reads quotes, backslashes, `%` and `$`. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
