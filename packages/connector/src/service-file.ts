/** The connector as a service of the person who runs it: systemd on Linux, launchd on macOS. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A service to be written. */
export interface ServiceFile {
  path: string;
  text: string;
  /** Commands that switch it on, and off. */
  start: string[][];
  stop: string[][];
}

const label = 'dev.agenttown.connector';

/** The service that runs a command line. Throws a sentence where there is no such thing. */
export function serviceFile(
  command: readonly string[],
  { platform = process.platform, home = homedir(), uid = process.getuid?.() ?? 0, agenttownHome = '' } = {},
): ServiceFile {
  if (platform === 'linux') {
    const unit = 'agenttown.service';
    return {
      path: join(home, '.config', 'systemd', 'user', unit),
      text: systemdUnit(command, agenttownHome),
      start: [
        ['systemctl', '--user', 'daemon-reload'],
        ['systemctl', '--user', 'enable', '--now', unit],
      ],
      stop: [['systemctl', '--user', 'disable', '--now', unit]],
    };
  }
  if (platform === 'darwin') {
    const path = join(home, 'Library', 'LaunchAgents', `${label}.plist`);
    return {
      path,
      text: launchdPlist(command, agenttownHome),
      start: [['launchctl', 'bootstrap', `gui/${uid}`, path]],
      stop: [['launchctl', 'bootout', `gui/${uid}/${label}`]],
    };
  }
  throw new Error(
    'A service can be installed on Linux (systemd) and macOS (launchd): elsewhere start `agenttown relay` yourself.',
  );
}

function systemdUnit(command: readonly string[], agenttownHome: string): string {
  return `[Unit]
Description=AgentTown connector
After=network-online.target

[Service]
ExecStart=${command.map(systemdWord).join(' ')}
${agenttownHome ? `Environment=${systemdWord(`AGENTTOWN_HOME=${agenttownHome}`)}\n` : ''}Restart=on-failure
RestartSec=10

[Install]
WantedBy=default.target
`;
}

/** systemd.service(5): quotes, and \\, %, $ by themselves. */
function systemdWord(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

function launchdPlist(command: readonly string[], agenttownHome: string): string {
  const words = command.map((word) => `    <string>${xml(word)}</string>`).join('\n');
  const environment = agenttownHome
    ? `  <key>EnvironmentVariables</key>\n  <dict>\n    <key>AGENTTOWN_HOME</key>\n    <string>${xml(agenttownHome)}</string>\n  </dict>\n`
    : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
${environment}  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
</dict>
</plist>
`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
